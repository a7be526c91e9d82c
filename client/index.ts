// The SDK of Propromo Chat: open a room, and it stays open. Runs in browsers, Bun and Node 22 or newer, without dependencies.
export type { Chat, RoomId } from '../protocol/chat.ts'
export type { Change, Cursor, Message, RoomEvent } from '../protocol/event.ts'
export type { Member, MemberState, WireLimits } from '../protocol/v1.ts'
export type { NumberedEvent, UnknownEvent } from '../protocol/v1-contents.ts'
export type { ServerFrame, WelcomeFrame } from '../protocol/v1-server-frames.ts'
export { AdmissionRefused } from './asking.ts'
export type { Block, Gap } from './blocks.ts'
export type { Remedy, Why } from './coming-back.ts'
export type { ConnectionState } from './connection.ts'
export type { Sending, Settled } from './delivery.ts'
export type { Door } from './door.ts'
export { exportAddress } from './export-address.ts'
export { type Echo, echoesIn, foreseen } from './foreseen.ts'
export type { Unsubscribe } from './listeners.ts'
export type { Entry, Failed, Failure, Outbox, Stored, Told, Waiting } from './outbox.ts'
export { type Page, RequestFailed } from './requests.ts'
export { openRoom, type Room, type RoomOptions, type RoomState } from './room.ts'
export type { SavedOutbox } from './saved-outbox.ts'
export { type SavedTimeline, savedTimeline } from './saved-timeline.ts'
export { endSignIn, type ListedSignIn, listSignIns } from './sign-ins.ts'
export {
  type Admission,
  type Credentials,
  logIn,
  logOut,
  renew,
  type SignedIn,
  ticketsFrom,
  type Vouched,
  vouch,
} from './tickets.ts'
export {
  type Arrived,
  type Asked,
  emptyTimeline,
  gapsOf,
  type HistoryRange,
  merge,
  messagesIn,
  messageWith,
  type Range,
  type Timeline,
} from './timeline.ts'
export { readMarkIn, type Unread, unreadIn, unreadMessages } from './unread.ts'
export type { SocketClass, SocketLike, Wake, WakeUp, World } from './world.ts'
