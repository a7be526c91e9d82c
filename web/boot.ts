// Runs before the page is painted, so that neither a wrong colour nor a form that nobody needs flashes up.
const root = document.documentElement

function settings(): string {
  try {
    return localStorage.getItem('propromo settings') ?? ''
  } catch {
    return '' // A browser that keeps nothing.
  }
}

const theme = /"theme":"(light|dark)"/.exec(settings())?.[1]
if (theme) root.dataset['theme'] = theme
root.dataset['script'] = 'on'

// Should the page's script not arrive, the form that needs none is there again.
addEventListener(
  'error',
  ({ target }) => {
    if (!(target instanceof HTMLScriptElement)) return
    delete root.dataset['script']
    const plain = document.querySelector('head noscript')?.textContent ?? ''
    const href = /href="([^"]+)"/.exec(plain)?.[1]
    if (href) document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href }))
  },
  true,
)
