/**
 * The hook for keyspace notifications: what commands say that they have done to a key, by Redis's names for it. Notifications do not follow
 * from effects (SPOP logs SREM and says `spop`), so commands say it themselves, behind the change and if `noticeOn`: in Redis's order, `hdel` before the
 * `del` of a hash whose last field has gone.
 *
 * What a transaction does is told when it commits, by the commands that its effects are. A listener must not change the keyspace.
 */
import { contextView } from "../mvcc/context";
import { database, databaseIndex } from "./database";

type NoticeListener = (group: u32, command: u32, database: u32, key: usize, length: u32) => void;

/** Whether anybody wants to hear. */
export let noticeOn: bool = false;
let listener: NoticeListener | null = null;

/** Has events told from now on. */
export function noticeListen(heard: NoticeListener): void {
  listener = heard;
  noticeOn = true;
}

/** Ends that. */
export function noticeIgnore(): void {
  noticeOn = false;
}

/** A key of the current database has met with what this command's name says; `group` is a NOTICE_* class. Requires: `noticeOn`. */
export function notice(group: u32, command: u32, key: usize, length: u32): void {
  if (!contextView) listener!(group, command, databaseIndex(database), key, length);
}
