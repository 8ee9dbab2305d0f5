import { createClock, type SandboxClock } from './clock.ts';
import { createEventBus, type EventBus } from './events.ts';
import { createFaults, type Faults } from './faults.ts';
import { createRequestLog, type RequestLog } from './requests.ts';

/** What both emulators share; each sandbox has its own. */
export type SandboxCore = { clock: SandboxClock; faults: Faults; bus: EventBus; requests: RequestLog };

export function createCore(): SandboxCore {
  return { clock: createClock(), faults: createFaults(), bus: createEventBus(), requests: createRequestLog() };
}
