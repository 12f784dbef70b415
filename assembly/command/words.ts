/**
 * Option words of commands as numbers: up to eight bytes, lower case, packed with the first byte lowest, so that comparing
 * an argument with a word is one comparison (argument.ts: `argumentWord`). Longer words are bytes in static data.
 */

export const WORD_EX: u64 = 0x7865; // ex
export const WORD_PX: u64 = 0x7870; // px
export const WORD_EXAT: u64 = 0x74617865; // exat
export const WORD_PXAT: u64 = 0x74617870; // pxat
export const WORD_KEEPTTL: u64 = 0x6c74747065656b; // keepttl
export const WORD_PERSIST: u64 = 0x74736973726570; // persist
export const WORD_NX: u64 = 0x786e; // nx
export const WORD_XX: u64 = 0x7878; // xx
export const WORD_GET: u64 = 0x746567; // get
export const WORD_GT: u64 = 0x7467; // gt
export const WORD_LT: u64 = 0x746c; // lt
export const WORD_FIELDS: u64 = 0x73646c656966; // fields
export const WORD_DB: u64 = 0x6264; // db
export const WORD_REPLACE: u64 = 0x6563616c706572; // replace
export const WORD_ABSTTL: u64 = 0x6c7474736261; // absttl
export const WORD_MATCH: u64 = 0x686374616d; // match
export const WORD_COUNT: u64 = 0x746e756f63; // count
export const WORD_TYPE: u64 = 0x65707974; // type
export const WORD_LEN: u64 = 0x6e656c; // len
export const WORD_IDX: u64 = 0x786469; // idx
export const WORD_ASYNC: u64 = 0x636e797361; // async
export const WORD_SYNC: u64 = 0x636e7973; // sync
export const WORD_ENCODING: u64 = 0x676e69646f636e65; // encoding
export const WORD_FREQ: u64 = 0x71657266; // freq
export const WORD_IDLETIME: u64 = 0x656d6974656c6469; // idletime
export const WORD_REFCOUNT: u64 = 0x746e756f63666572; // refcount
export const WORD_HELP: u64 = 0x706c6568; // help
export const WORD_OBJECT: u64 = 0x7463656a626f; // object
export const WORD_POPULATE: u64 = 0x6574616c75706f70; // populate
export const WORD_USAGE: u64 = 0x6567617375; // usage
export const WORD_SAMPLES: u64 = 0x73656c706d6173; // samples
export const TEXT_MINMATCHLEN: usize = memory.data<u8>([109, 105, 110, 109, 97, 116, 99, 104, 108, 101, 110]); // minmatchlen
export const TEXT_MINMATCHLEN_LENGTH: u32 = 11;
export const TEXT_WITHMATCHLEN: usize = memory.data<u8>([119, 105, 116, 104, 109, 97, 116, 99, 104, 108, 101, 110]); // withmatchlen
export const TEXT_WITHMATCHLEN_LENGTH: u32 = 12;
export const WORD_INDENT: u64 = 0x746e65646e69; // indent
export const WORD_NEWLINE: u64 = 0x656e696c77656e; // newline
export const WORD_SPACE: u64 = 0x6563617073; // space
export const WORD_NOESCAPE: u64 = 0x6570616373656f6e; // noescape
export const WORD_FORMAT: u64 = 0x74616d726f66; // format
export const WORD_STRING: u64 = 0x676e69727473; // string
export const WORD_MEMORY: u64 = 0x79726f6d656d; // memory
export const WORD_LEFT: u64 = 0x7466656c; // left
export const WORD_RIGHT: u64 = 0x7468676972; // right
export const WORD_BEFORE: u64 = 0x65726f666562; // before
export const WORD_AFTER: u64 = 0x7265746661; // after
export const WORD_RANK: u64 = 0x6b6e6172; // rank
export const WORD_MAXLEN: u64 = 0x6e656c78616d; // maxlen
