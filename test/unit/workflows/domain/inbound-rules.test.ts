import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { inboundRule } from '../../../../workflows/domain/inbound-rules.ts';
import { MESSAGE_KINDS } from '../../../../workflows/domain/message.ts';

const PAGE = readFileSync(new URL('../../../../docs/messages.md', import.meta.url), 'utf8');
const ROW = /^\| `(?<kind>\w+)` \|.*\| (?<window>yes|no) \| (?<task>yes|no) \| (?<notifies>yes|no) \|$/gm;

function rulesOf(page: string): Map<string, object> {
  const rows = [...page.matchAll(ROW)].map(({ groups = {} }): [string, object] => [
    groups.kind ?? '',
    {
      opensWindow: groups.window === 'yes',
      startsTask: groups.task === 'yes',
      notifiesAssignee: groups.notifies === 'yes',
    },
  ]);
  expect(new Set(rows.map(([kind]) => kind)).size).toBe(rows.length);
  return new Map(rows);
}

const rules = new Map(MESSAGE_KINDS.map((kind): [string, object] => [kind, inboundRule(kind)]));

describe('the rules of the kinds', () => {
  it('are those that the documentation names', () => {
    expect(rulesOf(PAGE)).toEqual(rules);
  });

  it('would be missed if the documentation went stale', () => {
    const stale = PAGE.replace(/^(\| `reaction` \|.*\|) no \| no \| no \|$/m, '$1 yes | no | no |');
    expect(stale).not.toBe(PAGE);
    expect(rulesOf(stale)).not.toEqual(rules);
  });

  it('open the window for what a customer says, and not for signs about it', () => {
    const quiet = MESSAGE_KINDS.filter((kind) => !inboundRule(kind).opensWindow);
    expect(quiet).toEqual(['reaction', 'system', 'edit', 'revoke']);
  });

  it('start no task for signs, notices and chats that were only opened', () => {
    const quiet = MESSAGE_KINDS.filter((kind) => !inboundRule(kind).startsTask);
    expect(quiet).toEqual(['reaction', 'system', 'edit', 'revoke', 'request_welcome']);
  });
});
