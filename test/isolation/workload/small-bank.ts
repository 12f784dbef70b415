/**
 * SmallBank (Alomari, Cahill, Fekete & Röhm 2008, "The Cost of Serializability on Platforms That Use Snapshot Isolation"):
 * customers with a savings and a checking account, six short transactions, some of which cannot be serialised.
 *
 * Deviation: savings are rows and checking accounts documents, so that transactions go over two models; an amount is a tag.
 */
import type { SeededRandom } from "../../support/random.ts";
import { append, item, read } from "../anomalies/words.ts";
import type { ItemName, Operation } from "../operation.ts";
import type { Workload } from "./workload.ts";

export function smallBank(customers: number): Workload {
  const numbers = Array.from({ length: customers }, (_, index) => index + 1);
  return {
    name: `SmallBank, ${customers} customers`,
    contents: numbers.flatMap((number) =>
      [savings(number), checking(number)].map((account) => [account, { group: 1, log: [number] }] as const),
    ),
    transaction: (random, _, tag) => transaction(random, customers, tag),
  };
}

function savings(customer: number): ItemName {
  return item("row", customer);
}

function checking(customer: number): ItemName {
  return item("document", customer);
}

function transaction(random: SeededRandom, customers: number, tag: number): Operation[] {
  const one = random.between(1, customers);
  const other = 1 + (one % customers);
  switch (random.below(6)) {
    case 0: // Balance
      return [read(savings(one)), read(checking(one))];
    case 1: // DepositChecking
      return [append(checking(one), tag)];
    case 2: // TransactSavings
      return [append(savings(one), tag)];
    case 3: // Amalgamate
      return [
        read(savings(one)),
        read(checking(one)),
        append(savings(one), tag),
        append(checking(one), tag + 1),
        append(checking(other), tag + 2),
      ];
    case 4: // WriteCheck
      return [read(savings(one)), read(checking(one)), append(checking(one), tag)];
    default: // SendPayment
      return [append(checking(one), tag), append(checking(other), tag + 1)];
  }
}
