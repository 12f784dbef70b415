/** The simulated disk at durability fsync: promises.ts. */
import { testPromises } from "./promises.ts";

testPromises("fsync");
