// What somebody may recognise their device by: coarse, because more would tell people apart.

/** The first that fits; later ones claim to be earlier ones. */
const BROWSERS = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\b(?:Headless)?Chrome\/|\bCriOS\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
] as const

const SYSTEMS = [
  [/\biPhone\b|\biPad\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
] as const

/** `Firefox on Windows`; for programs the name that they give themselves; `''` for who says nothing of the kind. */
export function deviceOf(userAgent: string): string {
  const named = (kinds: readonly (readonly [RegExp, string])[]) => kinds.find(([mark]) => mark.test(userAgent))?.[1]
  const [browser, system] = [named(BROWSERS), named(SYSTEMS)]
  if (browser !== undefined) return system === undefined ? browser : `${browser} on ${system}`
  return system ?? /^[A-Za-z][\w.-]{0,39}/.exec(userAgent)?.[0] ?? ''
}
