/**
 * Optimising the engine: `node host/build/optimize-engine.mjs FILE` rewrites a module that asc has made without optimising.
 *
 * asc knows two settings: without shrinking it inlines so much, several times over, that the engine is a sixth larger when it is
 * compressed; with shrinking it inlines so little that commands take a fifth more time, and its functions of Math are less exact ones. So
 * Binaryen is asked here: first to shrink, then to inline functions of up to FLEXIBLE_SIZE where they are small in the end, which brings
 * the speed back. At last the functions are ordered for compressors (order-functions.mjs).
 *
 * Requires: the features below are those of asconfig.json. Throws when the result is not valid.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import binaryen from "assemblyscript/binaryen";
import { orderFunctions } from "/work/wt/lead/host/build/order-functions.mjs";

/** In Binaryen's measure of a function, about its instructions. */
const FLEXIBLE_SIZE = 50;
/** Smaller ones are inlined without a look at what they do. */
const ALWAYS_SIZE = 2;
/**
 * Larger ones stay functions also where they are called from one place. Else the dispatcher takes in most of the commands: such a function of
 * 44 KB takes V8 a quarter of a second and 20 MB to compile, runs long without being optimised, and then less well than many small ones.
 */
const ONE_CALLER_SIZE = 60;

const file = argv[2];
const { MutableGlobals, NontrappingFPToInt, SIMD128, BulkMemory, BulkMemoryOpt, SignExt, ReferenceTypes } = binaryen.Features;
const module = binaryen.readBinary(readFileSync(file));
module.setFeatures(MutableGlobals | NontrappingFPToInt | SIMD128 | BulkMemory | BulkMemoryOpt | SignExt | ReferenceTypes);
binaryen.setDebugInfo(true);
binaryen.setOptimizeLevel(3);
// NaN and signed zeros stay as they are.
binaryen.setFastMath(false);
binaryen.setAlwaysInlineMaxSize(ALWAYS_SIZE);
binaryen.setOneCallerInlineMaxSize(ONE_CALLER_SIZE);
binaryen.setShrinkLevel(1);
module.optimize();
module.optimize();
binaryen.setShrinkLevel(0);
binaryen.setFlexibleInlineMaxSize(FLEXIBLE_SIZE);
module.optimize();

if (!module.validate()) throw new Error("the optimised engine is not valid");
writeFileSync(file, module.emitBinary());
module.dispose();
