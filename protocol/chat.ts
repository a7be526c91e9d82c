// A room as its members are told of it: the public columns of one monitor.

/** Names a room: the `monitor_hash` of its monitor, as Propromo stores it. */
export type RoomId = string

/** Exactly these nine fields (rule L2). Dates are `2026-05-04T09:30:00Z`; `null` where the column is null or missing. */
export interface Chat {
  readonly monitor_hash: RoomId
  readonly organization_name: string | null
  readonly type: string
  readonly title: string | null
  readonly short_description: string | null
  readonly public: boolean | null
  readonly created_at: string | null
  readonly updated_at: string | null
  readonly project_url: string | null
}
