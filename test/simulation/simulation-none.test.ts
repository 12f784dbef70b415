/** The simulated disk at durability none: promises.ts. */
import { testPromises } from "./promises.ts";

testPromises("none");
