// What the chat needs of those who may vouch for somebody: that a statement is really theirs.

/** A statement whose signature is of an issuer on the list. What it claims has not been looked at yet. */
export interface Statement {
  readonly issuer: string
  readonly claims: Readonly<Record<string, unknown>>
}

/** Why a statement is not believed: for the log alone, and never with a word of what came. */
export class Disbelieved extends Error {
  override readonly name = 'Disbelieved'
}

/**
 * Promises that the signature is of a key of the issuer that the statement names, by an algorithm that belongs to this kind of key.
 * Promises nothing about time, audience or repetition. Throws `Disbelieved` for everything else, also while the issuer's
 * keys cannot be had.
 */
export interface Issuers {
  read(assertion: string): Promise<Statement>
}
