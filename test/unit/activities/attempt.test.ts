import { describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { withHeartbeat } from '../../../activities/attempt.ts';

/** What Temporal would keep of an activity that ends with this error. */
const failureOf = (error: unknown) =>
  new MockActivityEnvironment()
    .run(() => withHeartbeat(60_000, async () => Promise.reject(error)))
    .then(
      () => undefined,
      (failure: Error) => failure,
    );

describe('an activity that ends with an unexpected error', () => {
  it('tells Temporal its class, code and place, never its message', async () => {
    const error = Object.assign(new RangeError('invalid input: "+49 151 1234567"'), { code: '22P02' });
    const failure = await failureOf(error);
    expect(failure).toMatchObject({ name: 'ApplicationFailure', type: 'RangeError', message: 'RangeError 22P02' });
    expect(failure?.stack).toContain('attempt.test');
    expect(failure?.stack).not.toContain('151');
  });

  it('passes on what was made for Temporal as it is (control)', async () => {
    const made = ApplicationFailure.nonRetryable('as it is');
    expect(await failureOf(made)).toBe(made);
  });
});
