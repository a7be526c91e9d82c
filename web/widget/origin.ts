// Whether the chat's server lets pages of this origin in at all: it answers them nothing but its public files if not.

/** `false` also where it cannot be told, such as without a network. */
export async function originIsRefused(server: string): Promise<boolean> {
  if (await mayRead(`${server}/health`)) return false
  return mayRead(`${server}/widget.js`)
}

async function mayRead(url: string): Promise<boolean> {
  try {
    await fetch(url, { credentials: 'omit', cache: 'no-store' })
    return true
  } catch {
    return false
  }
}
