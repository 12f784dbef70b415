/** The simulated disk at durability full: promises.ts. */
import { testPromises } from "./promises.ts";

testPromises("full");
