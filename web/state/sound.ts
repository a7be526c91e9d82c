// A short, quiet tone, made where it is played: no file has to come for it.

const [LOUD, SILENT] = [0.05, 0.0001]
const TONES = [
  { hertz: 660, after: 0, seconds: 0.14 },
  { hertz: 880, after: 0.09, seconds: 0.22 },
]

let context: AudioContext | undefined

/** Nothing is heard where the browser wants a person to have touched the page first. */
export async function chime(): Promise<void> {
  try {
    context ??= new AudioContext()
    await context.resume()
    for (const tone of TONES) play(context, tone)
  } catch {
    // A device without a way to make sound.
  }
}

function play(context: AudioContext, { hertz, after, seconds }: (typeof TONES)[number]): void {
  const at = context.currentTime + after
  const gain = context.createGain()
  gain.gain.setValueAtTime(SILENT, at)
  gain.gain.exponentialRampToValueAtTime(LOUD, at + 0.02)
  gain.gain.exponentialRampToValueAtTime(SILENT, at + seconds)
  gain.connect(context.destination)
  const oscillator = context.createOscillator()
  oscillator.frequency.value = hertz
  oscillator.connect(gain)
  oscillator.start(at)
  oscillator.stop(at + seconds)
}
