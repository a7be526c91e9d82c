// Whether the browser may show notifications, and whether to offer them: once, when somebody has begun to talk.
import { computed, signal } from '@preact/signals'
import { choose, settings } from './settings.ts'

export type Permission = NotificationPermission | 'unsupported'

export const permission = signal<Permission>(present())

const hasTalked = signal(false)

/** Whether this is a moment to offer notifications. */
export const isOffered = computed(() => hasTalked.value && !settings.value.offered && permission.value === 'default')

/** Somebody has said something here: now it makes sense to be told of answers. */
export function talked(): void {
  hasTalked.value = true
}

/** To be called while a button is pressed: browsers ask at no other time. */
export async function askPermission(): Promise<void> {
  decline()
  if (permission.value !== 'unsupported') await Notification.requestPermission()
  lookAtPermission()
}

export function decline(): void {
  choose({ offered: true })
}

/** It may have been changed in the browser's own settings. */
export function lookAtPermission(): void {
  permission.value = present()
}

function present(): Permission {
  return 'Notification' in globalThis ? Notification.permission : 'unsupported'
}
