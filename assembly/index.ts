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
  notifications_clear,
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
export * from "./exports/graph";
export * from "./exports/wait";
export { keys_order, keys_range } from "./exports/keys";
export * from "./exports/transaction";
export * from "./exports/runtime";
export {
  catalog_key,
  collection_index,
  index_create,
  index_drop,
  index_find,
  reference_add,
  index_items,
  batch_begin,
  batch_insert,
  batch_remove,
  batch_update,
  index_name,
  index_rank,
  index_rows,
  key_any,
  key_begin,
  key_delete,
  key_null,
  key_set,
  key_tell,
  key_slot,
  key_text_prefix,
  key_value,
  row_block,
  row_column,
  row_conflict,
  row_field,
  row_find,
  row_identify,
  row_insert,
  row_load,
  row_new,
  row_remove,
  row_update,
  table_define,
  table_undefine,
  statement_begin,
  statement_end,
} from "./exports/table";
export * from "./exports/plan";
