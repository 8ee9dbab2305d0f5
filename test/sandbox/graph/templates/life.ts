import type { PauseStage, Template } from '../model.ts';
import type { AccountUpdate } from '../webhooks/outbox.ts';
import type { GraphWorld } from '../world.ts';
import { statusUpdate } from './updates.ts';

const hourMs = 3_600_000;

/** How long each pause lasts; one for pacing has to be ended by hand (WhatsApp: templates). */
const pauseMs: Record<PauseStage, number | undefined> = { first: 3 * hourMs, second: 6 * hourMs, pacing: undefined };
const pauseTitles: Record<PauseStage, string> = {
  first: 'FIRST_PAUSE',
  second: 'SECOND_PAUSE',
  pacing: 'RATE_LIMITING_PAUSE',
};

/** Approved, or approved again. */
export function approve(world: GraphWorld, template: Template): AccountUpdate {
  const { status } = template;
  setStatus(world, template, 'APPROVED');
  if (status === 'DISABLED') return statusUpdate(template, 'REINSTATED');
  if (status !== 'PAUSED') return statusUpdate(template, 'APPROVED');
  const description = 'The template was unpaused and can be sent again.';
  return statusUpdate(template, 'APPROVED', { other_info: { title: 'UNPAUSED', description } });
}

export function reject(world: GraphWorld, template: Template, reason: string, recommendation: string): AccountUpdate {
  setStatus(world, template, 'REJECTED');
  template.rejectedReason = reason;
  return statusUpdate(template, 'REJECTED', { reason, rejection_info: { reason, recommendation } });
}

/**
 * For its quality a template is paused twice and then disabled. `onEnd` is called with the update when the pause ends by
 * itself.
 */
export function pause(
  world: GraphWorld,
  template: Template,
  wanted: PauseStage | undefined,
  onEnd: (update: AccountUpdate) => void,
): AccountUpdate {
  const stage = wanted ?? (template.pauses === 0 ? 'first' : 'second');
  if (wanted === undefined && template.pauses >= 2) return disable(world, template);
  const { clock } = world.core;
  const lasts = pauseMs[stage];
  const untilMs = lasts === undefined ? undefined : clock.now() + lasts;
  setStatus(world, template, 'PAUSED');
  const current = { stage, untilMs };
  template.pause = current;
  if (stage !== 'pacing') template.pauses = stage === 'first' ? 1 : 2;
  if (untilMs !== undefined) {
    clock.schedule(untilMs, () => {
      if (template.pause === current) onEnd(approve(world, template));
    });
  }
  const description = `The template was paused${lasts === undefined ? '' : ` for ${lasts / hourMs} hours`}.`;
  return statusUpdate(template, 'PAUSED', { other_info: { title: pauseTitles[stage], description } });
}

export function disable(world: GraphWorld, template: Template): AccountUpdate {
  setStatus(world, template, 'DISABLED');
  return statusUpdate(template, 'DISABLED', {
    disable_info: { disable_date: String(Math.floor(world.core.clock.now() / 1_000)) },
    other_info: { title: 'DISABLED', description: 'The template was disabled for its quality.' },
  });
}

/** Any other state; what waits for Meta or was taken away cannot be sent. */
export function setStatus(world: GraphWorld, template: Template, status: string): void {
  template.status = status;
  template.pause = undefined;
  template.rejectedReason = 'NONE';
  noteChange(world, template);
}

export function noteChange(world: GraphWorld, template: Template): void {
  template.changedAtMs = world.core.clock.now();
  world.core.bus.emit({ kind: 'graph.template', name: template.name });
}
