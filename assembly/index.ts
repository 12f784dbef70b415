/**
 * The engine's entry for the compiler: the exported calls of exports/. Nothing else is exported.
 */
export { call_arguments, direct_get, direct_set } from "./exports/embedded";
export {
  check_invariants,
  compaction_start,
  compaction_step,
  compaction_stop,
  digest,
  effects_clear,
  engine_configure,
  engine_control,
  engine_initialize,
  execute,
  maintain,
  replay,
  replay_reserve,
  reply_clear,
  reply_reserve,
  resume,
  session_close,
  session_open,
  session_set,
  statistics_reset,
  suspend,
} from "./exports/engine";
export * from "./exports/runtime";
export {
  index_create,
  index_drop,
  index_find,
  index_items,
  index_rank,
  index_rows,
  key_any,
  key_begin,
  key_null,
  key_slot,
  key_text_prefix,
} from "./exports/table";
export * from "./exports/plan";
