/**
 * Goal: durability full keeps its promises on simulated disks.
 * Method: promises.ts, in a file of its own so that the levels run at the same time.
 */
import { testPromises } from "./promises.ts";

testPromises("full");
