// How long Redis keeps what runs out, in milliseconds from now.

/** Clocks of processes differ a little: what one takes for over may not be cleared out while another still goes by it. */
export const GRACE_MILLISECONDS = 60_000

export function lifetimeOf(expiresAt: number, now: number): number {
  return Math.max(0, Math.ceil(expiresAt - now)) + GRACE_MILLISECONDS
}
