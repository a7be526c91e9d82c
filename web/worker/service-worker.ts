// Opens the page without a network: keeps the document and the files of one build, and serves them when there is nothing better.
import { placeOf, urlOf } from './pressed.ts'

declare const self: ServiceWorkerGlobalScope
/** Put in by the build: the files that the page may ask for, under names whose content never changes. */
declare const FILES: readonly string[]
/** Put in by the build: those among them that the document of this build names. */
declare const BEGINNING: readonly string[]

const DOCUMENT = '/'
const PREFIX = 'propromo '
/** Another build, another name. */
const CACHE = PREFIX + BEGINNING.join(' ')
/** A network that takes longer than this is as good as none: the page itself says how things are. */
const PATIENCE_MILLISECONDS = 3_000

// A worker of a new build waits until no page of the old one is open, so none finds its files gone. Nobody waits for that: the
// document comes from the network, and names the new files.
self.addEventListener('install', (event) => event.waitUntil(keepBuild()))
self.addEventListener('activate', (event) => event.waitUntil(forgetOthers()))

self.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== self.location.origin) return
  if (request.mode === 'navigate' && pathname === DOCUMENT) event.respondWith(documentFor(request))
  else if (pathname.startsWith('/assets/')) event.respondWith(fileFor(request))
})

self.addEventListener('message', ({ data, source }) => {
  if (data === 'which build') source?.postMessage({ type: 'build', beginning: BEGINNING })
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(show(event.notification.data))
})

/** All or nothing; and nothing, where another build's document is served meanwhile: the browser tries again later. */
async function keepBuild(): Promise<void> {
  const answer = await fetch(DOCUMENT, { cache: 'no-store' })
  const text = await answer.clone().text()
  if (!answer.ok || !BEGINNING.every((name) => text.includes(name)))
    throw new Error('the document is not the one of this build')
  const cache = await caches.open(CACHE)
  await cache.addAll(FILES.map((name) => `/assets/${name}`))
  await cache.put(DOCUMENT, answer)
}

async function forgetOthers(): Promise<void> {
  const names = await caches.keys()
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE)
  await Promise.all(old.map((name) => caches.delete(name)))
  await self.clients.claim()
}

/** The newest document there is: without a network, and also without an answer in time, the one that was kept. */
async function documentFor(request: Request): Promise<Response> {
  const fresh = fetch(request)
  fresh.catch(() => undefined) // Whoever waits for it is told below.
  const cache = await caches.open(CACHE)
  const kept = await cache.match(DOCUMENT)
  if (!kept) return fresh
  const late = new Promise<Response>((resolve) => setTimeout(() => resolve(kept), PATIENCE_MILLISECONDS))
  return Promise.race([fresh.then((answer) => (answer.status < 500 ? answer : kept)).catch(() => kept), late])
}

/** From whichever build's files: their names say which content they have. */
async function fileFor(request: Request): Promise<Response> {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request)
}

/** A window that is open already goes there, and another one is opened only where there is none. */
async function show(data: unknown): Promise<void> {
  const place = placeOf(data)
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const pages = windows.filter(({ url }) => new URL(url).pathname === DOCUMENT)
  const page = pages.find(({ visibilityState }) => visibilityState === 'visible') ?? pages[0]
  if (!page) {
    await self.clients.openWindow(urlOf(place))
    return
  }
  if (place) page.postMessage({ type: 'show', ...place })
  await page.focus()
}
