/**
 * The structures of compiled plans (runtime/README.md, "Structures"): generated code imports these by name.
 */
export { output_clear, output_open, output_seal, output_word } from "../runtime/output";
export { plan_allocate, plan_close, plan_open } from "../runtime/plan-memory";
export { scan_expired, scan_id, scan_key, scan_path, scan_value } from "../runtime/scan";
export { list_add, list_open, list_seal } from "../runtime/tuple-list";
export { table_add, table_link, table_open } from "../runtime/tuple-table";
