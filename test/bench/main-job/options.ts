import { parseArgs } from 'node:util';

export type Options = {
  /** Messages a second in the steady state. */
  rate: number;
  seconds: number;
  /** Planfix accounts; each has one number and one customer. */
  accounts: number;
  /** First contacts a second: each is several calls and ends with a new task. */
  firstRate: number;
  /** Agents' comments that are measured on their way to the customer. */
  replies: number;
  /** New customers who wait at an account whose Planfix hangs while the others go on. */
  hang: number;
  /** Whether Planfix announces our own comments to us as well. */
  ownHints: boolean;
};

const USAGE = `usage: npm run bench -- main [--rate 10] [--seconds 60] [--accounts 1000] [--first-rate 5] [--replies 0] [--hang 0] [--own-hints]
  --rate        messages a second
  --seconds     for how long
  --accounts    Planfix accounts, each with one number and one customer
  --first-rate  first contacts a second, before the measured messages
  --replies     agents' comments to measure on their way to the customer
  --hang        customers who wait at an account whose Planfix hangs, in a second steady state
  --own-hints   scenarios announce our own comments too`;

/** @throws with the usage when an option is unknown or wrong */
export function readOptions(args: string[]): Options {
  try {
    const { values } = parseArgs({
      args,
      options: {
        rate: { type: 'string', default: '10' },
        seconds: { type: 'string', default: '60' },
        accounts: { type: 'string', default: '1000' },
        'first-rate': { type: 'string', default: '5' },
        replies: { type: 'string', default: '0' },
        hang: { type: 'string', default: '0' },
        'own-hints': { type: 'boolean', default: false },
      },
    });
    return {
      rate: positive(values.rate),
      seconds: positive(values.seconds),
      accounts: positive(values.accounts),
      firstRate: positive(values['first-rate']),
      replies: values.replies === '0' ? 0 : positive(values.replies),
      hang: values.hang === '0' ? 0 : positive(values.hang),
      ownHints: values['own-hints'],
    };
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${USAGE}`);
  }
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${text} is not a number above zero`);
  return value;
}
