import { describe, expect, it } from '@jest/globals';
import { type BrakeFacts, decideBrake } from '../../../../workflows/domain/mailing-brake.ts';

const CALM = { settled: 200, spamLimited: 0, heldBack: 0, unreachable: 0, optOuts: 0 };
const brake = (
  recent: Partial<BrakeFacts['recent']> = {},
  atStart: string | null = 'GREEN',
  now: string | null = null,
) => decideBrake({ recent: { ...CALM, ...recent }, quality: { atStart, now } });

describe('the brake of a mailing', () => {
  it('lets one run that fares well', () => {
    expect(brake()).toBeUndefined();
    expect(brake({}, 'GREEN', 'GREEN')).toBeUndefined();
  });

  it('stops at the first message that is limited as spam', () => {
    expect(brake({ settled: 0, spamLimited: 1 })).toBe('spam-limit');
  });

  it('stops when the number has become worse, or is red', () => {
    expect(brake({}, 'GREEN', 'YELLOW')).toBe('quality');
    expect(brake({}, 'YELLOW', 'RED')).toBe('quality');
    expect(brake({}, null, 'RED')).toBe('quality');
    // Control: it was no better when the mailing began, or nothing is known.
    expect(brake({}, 'YELLOW', 'YELLOW')).toBeUndefined();
    expect(brake({}, 'YELLOW', 'GREEN')).toBeUndefined();
    expect(brake({}, 'GREEN', 'UNKNOWN')).toBeUndefined();
  });

  it.each([
    [{ heldBack: 41 }, 'held-back'],
    [{ unreachable: 61 }, 'unreachable'],
    [{ optOuts: 11 }, 'opt-outs'],
  ] as const)('stops above a share: %j', (recent, reason) => {
    expect(brake(recent)).toBe(reason);
    // Control: the same share of too few messages proves nothing, and just the limit is allowed.
    const [[name, count]] = Object.entries(recent) as [[string, number]];
    expect(brake({ settled: 49, [name]: 49 })).toBeUndefined();
    expect(brake({ [name]: count - 1 })).toBeUndefined();
  });
});
