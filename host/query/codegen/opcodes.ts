/**
 * Numbers of WebAssembly's binary format that plans use (WebAssembly Core Specification 2.0, "Binary Format").
 */

export const TYPE_I32 = 0x7f;
export const TYPE_I64 = 0x7e;
export const TYPE_F64 = 0x7c;
/** Of a block without a value. */
export const TYPE_NONE = 0x40;

export const OP_UNREACHABLE = 0x00;
export const OP_BLOCK = 0x02;
export const OP_LOOP = 0x03;
export const OP_IF = 0x04;
export const OP_ELSE = 0x05;
export const OP_END = 0x0b;
export const OP_BR = 0x0c;
export const OP_BR_IF = 0x0d;
export const OP_BR_TABLE = 0x0e;
export const OP_RETURN = 0x0f;
export const OP_CALL = 0x10;
export const OP_DROP = 0x1a;
export const OP_SELECT = 0x1b;
export const OP_LOCAL_GET = 0x20;
export const OP_LOCAL_SET = 0x21;
export const OP_LOCAL_TEE = 0x22;
export const OP_GLOBAL_GET = 0x23;
export const OP_I32_CONST = 0x41;
export const OP_I64_CONST = 0x42;
export const OP_F64_CONST = 0x44;

// Memory: the operand is an alignment (log2) and an offset.
export const OP_I32_LOAD = 0x28;
export const OP_I64_LOAD = 0x29;
export const OP_F64_LOAD = 0x2b;
export const OP_I32_LOAD8_U = 0x2d;
export const OP_I32_LOAD16_U = 0x2f;
export const OP_I64_LOAD32_U = 0x35;
export const OP_I32_STORE = 0x36;
export const OP_I64_STORE = 0x37;
export const OP_F64_STORE = 0x39;
export const OP_I32_STORE8 = 0x3a;

export const OP_I32_EQZ = 0x45;
export const OP_I32_EQ = 0x46;
export const OP_I32_NE = 0x47;
export const OP_I32_LT_S = 0x48;
export const OP_I32_LT_U = 0x49;
export const OP_I32_GT_S = 0x4a;
export const OP_I32_GT_U = 0x4b;
export const OP_I32_LE_S = 0x4c;
export const OP_I32_LE_U = 0x4d;
export const OP_I32_GE_S = 0x4e;
export const OP_I32_GE_U = 0x4f;
export const OP_I64_EQZ = 0x50;
export const OP_I64_EQ = 0x51;
export const OP_I64_NE = 0x52;
export const OP_I64_LT_S = 0x53;
export const OP_I64_LT_U = 0x54;
export const OP_I64_GT_S = 0x55;
export const OP_I64_GT_U = 0x56;
export const OP_I64_LE_S = 0x57;
export const OP_I64_LE_U = 0x58;
export const OP_I64_GE_S = 0x59;
export const OP_I64_GE_U = 0x5a;
export const OP_F64_EQ = 0x61;
export const OP_F64_NE = 0x62;
export const OP_F64_LT = 0x63;
export const OP_F64_GT = 0x64;
export const OP_F64_LE = 0x65;
export const OP_F64_GE = 0x66;

export const OP_I32_ADD = 0x6a;
export const OP_I32_SUB = 0x6b;
export const OP_I32_MUL = 0x6c;
export const OP_I32_AND = 0x71;
export const OP_I32_OR = 0x72;
export const OP_I32_XOR = 0x73;
export const OP_I32_SHL = 0x74;
export const OP_I32_SHR_U = 0x76;
export const OP_I64_ADD = 0x7c;
export const OP_I64_SUB = 0x7d;
export const OP_I64_MUL = 0x7e;
export const OP_I64_DIV_S = 0x7f;
export const OP_I64_REM_S = 0x81;
export const OP_I64_AND = 0x83;
export const OP_I64_OR = 0x84;
export const OP_I64_XOR = 0x85;
export const OP_I64_SHL = 0x86;
export const OP_I64_SHR_S = 0x87;
export const OP_I64_SHR_U = 0x88;
export const OP_F64_ABS = 0x99;
export const OP_F64_NEG = 0x9a;
export const OP_F64_CEIL = 0x9b;
export const OP_F64_FLOOR = 0x9c;
export const OP_F64_TRUNC = 0x9d;
export const OP_F64_NEAREST = 0x9e;
export const OP_F64_SQRT = 0x9f;
export const OP_F64_ADD = 0xa0;
export const OP_F64_SUB = 0xa1;
export const OP_F64_MUL = 0xa2;
export const OP_F64_DIV = 0xa3;
export const OP_I32_WRAP_I64 = 0xa7;
export const OP_I64_EXTEND_I32_S = 0xac;
export const OP_I64_EXTEND_I32_U = 0xad;
export const OP_F64_CONVERT_I64_S = 0xb9;
export const OP_I64_REINTERPRET_F64 = 0xbd;
export const OP_F64_REINTERPRET_I64 = 0xbf;
export const OP_F32_CONVERT_I64_S = 0xb4;
export const OP_F32_DEMOTE_F64 = 0xb6;
export const OP_F64_PROMOTE_F32 = 0xbb;
/** Prefix of saturating conversions; and the one from f64 to i64. */
export const OP_PREFIX = 0xfc;
export const OP_I64_TRUNC_SAT_F64_S = 6;
