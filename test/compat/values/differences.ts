/** What differs from PostgreSQL, by the row's label, with the reason; and what cannot be compared. */
export const DIFFERENCES: Readonly<Record<string, string>> = {};

/** Functions of our own, of chance, or of the present time. */
export const NOT_COMPARED: readonly string[] = [
  "double_random",
  "uuid_random",
  "timestamptz_now",
  "timestamp_now",
  "date_now",
  "time_now",
  "timestamp_age_now",
  "timestamptz_age_now",
  "jsonb_empty_array",
  "jsonb_empty_object",
  "text_like_escape",
  "text_similar_escape",
  "text_similar_escape_default",
  "jsonb_path",
  "jsonb_path_text",
  "any_path",
  "any_path_text",
];
