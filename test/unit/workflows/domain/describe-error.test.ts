import { describe, expect, it } from '@jest/globals';
import { describeError } from '../../../../workflows/domain/describe-error.ts';

describe('describeError', () => {
  it('says class, code and place, and none of the message', () => {
    const error = Object.assign(new TypeError('cannot read "+49 151 1234567"\n  of Jane Roe'), {
      code: '22P02',
      table: 'message',
    });
    const facts = describeError(error);
    expect(facts).toMatchObject({ type: 'TypeError', code: '22P02', table: 'message' });
    expect(facts.stack).toContain('describe-error.test');
    expect(JSON.stringify(facts)).not.toMatch(/151|Jane/);
    // Control: the error itself does say it.
    expect(String(error.stack)).toMatch(/151/);
  });

  it('says as much of its cause, and little of what is no error', () => {
    const error = new Error('outer', { cause: new RangeError('Jane Roe') });
    expect(describeError(error)).toMatchObject({ type: 'Error', cause: { type: 'RangeError' } });
    expect(describeError('Jane Roe')).toEqual({ type: 'string' });
  });
});
