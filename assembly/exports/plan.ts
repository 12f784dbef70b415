/**
 * The structures of compiled plans (runtime/README.md, "Structures"): generated code imports these by name.
 */
export {
  access_add,
  access_at,
  access_begin,
  access_clear,
  access_fetch,
  access_fetch_back,
  access_few,
  access_index,
  access_key_begin,
  access_key_part,
  access_key_prefix,
  access_key_text,
  access_open,
  access_part,
  access_place,
  access_rank,
  access_rows,
} from "../runtime/access";
export { execution_begin, execution_end, execution_read, execution_resume, execution_suspend } from "../runtime/execution";
export { shortest_begin, shortest_list, shortest_next, shortest_open } from "../runtime/graph-shortest";
export { walk_begin, walk_drop, walk_first, walk_list, walk_next, walk_open } from "../runtime/graph-walk";
export { output_clear, output_open, output_seal, output_word } from "../runtime/output";
export { plan_allocate, plan_close, plan_open } from "../runtime/plan-memory";
export { list_add, list_open, list_seal } from "../runtime/tuple-list";
export { table_add, table_link, table_open } from "../runtime/tuple-table";
export { sort_kind, sort_open, sort_step, topk_finish, topk_open, topk_push } from "../runtime/sorter";
