// What the page keeps on the device, held up.

/** Runs in the page. Nobody else can look at what was read meanwhile, or write to it. */
export async function keepBusy(milliseconds: number): Promise<void> {
  const opened = indexedDB.open('propromo')
  await new Promise((resolve) => {
    opened.onsuccess = resolve
  })
  const timelines = opened.result.transaction('timelines', 'readwrite').objectStore('timelines')
  const end = performance.now() + milliseconds
  const goOn = () => {
    if (performance.now() < end) timelines.count().onsuccess = goOn
    else opened.result.close()
  }
  goOn()
}
