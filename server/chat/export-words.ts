// What an exported page says, in both languages.
const en = {
  language: 'en',
  title: (room: string) => `Chat: ${room}`,
  untitled: 'Untitled project',
  exported: (when: string) => `As it was on ${when} (UTC). All times are UTC.`,
  edited: 'edited',
  deleted: 'This message was deleted.',
  pinned: 'pinned',
  answers: 'answers an earlier message',
  reactedBy: (emoji: string, who: string) => `${emoji} by ${who}`,
  end: (many: number) => (many === 1 ? 'One message' : `${many} messages`),
  empty: 'Nothing has been said here yet.',
}

export type ExportWords = typeof en

const de: ExportWords = {
  language: 'de',
  title: (room) => `Chat: ${room}`,
  untitled: 'Projekt ohne Titel',
  exported: (when) => `Stand: ${when} (UTC). Alle Zeiten sind in UTC.`,
  edited: 'bearbeitet',
  deleted: 'Diese Nachricht wurde gelöscht.',
  pinned: 'angeheftet',
  answers: 'antwortet auf eine frühere Nachricht',
  reactedBy: (emoji, who) => `${emoji} von ${who}`,
  end: (many) => (many === 1 ? 'Eine Nachricht' : `${many} Nachrichten`),
  empty: 'Hier wurde noch nichts gesagt.',
}

export const EXPORT_WORDS = { en, de } as const
