import type { Child } from './child-process.ts';

type Entry = { child: Child; stop: () => Promise<void> };

/** The processes of one run, stopped in reverse order of their start. */
export type Stack = {
  /** From now on the death of this process ends the run. */
  add(child: Child, stop: () => Promise<void>): void;
  requestStop(): void;
  stopWasRequested(): boolean;
  /** Settles when a stop is wanted, rejects when a process has died by itself. */
  untilStopRequested(): Promise<void>;
  /** The work, or the rejection above when that comes first. */
  whileRunning<T>(work: Promise<T>): Promise<T>;
  stopAll(say: (line: string) => void): Promise<void>;
};

/** How many of the dead process's last lines are shown. */
const SHOWN_LINES = 30;

/** Raised inside {@link Stack.whileRunning} when the developer does not want to wait any longer. */
class StopRequested extends Error {}

export function createStack(): Stack {
  const entries: Entry[] = [];
  const end = Promise.withResolvers<void>();
  let stopping = false;
  // Nobody may be waiting yet when a process dies during the start.
  end.promise.catch(() => {});

  const requestStop = () => {
    stopping = true;
    end.resolve();
  };

  return {
    add: (child, stop) => {
      entries.push({ child, stop });
      void child.exited.then(({ code, signal }) => {
        if (stopping) return;
        const last = child.lines().slice(-SHOWN_LINES).join('\n');
        end.reject(new Error(`${child.name} ended by itself (${signal ?? `code ${code}`}). Its last lines:\n${last}`));
      });
    },
    requestStop,
    stopWasRequested: () => stopping,
    untilStopRequested: () => end.promise,
    whileRunning: (work) =>
      Promise.race([
        work,
        end.promise.then(() => {
          throw new StopRequested();
        }),
      ]),
    stopAll: async (say) => {
      stopping = true;
      for (const entry of entries.toReversed()) {
        if (entry.child.hasExited()) continue;
        await entry.stop();
        say(`  ${entry.child.name} stopped`);
      }
    },
  };
}
