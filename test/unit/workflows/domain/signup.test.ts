import { describe, expect, it } from '@jest/globals';
import {
  chooseAccount,
  chooseNumber,
  hasFallenBack,
  isUnfinished,
  readSignupMessage,
} from '../../../../workflows/domain/signup.ts';

const BUSINESS_APP = 'FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING';

describe('the last message of the pop-up', () => {
  it('is read as far as it is there, in its older form, too', () => {
    expect(readSignupMessage('FINISH', { waba_id: '1', phone_number_id: null, business_id: '3' })).toEqual({
      event: 'FINISH',
      wabaId: '1',
    });
    expect(readSignupMessage('ERROR', { error_message: 'no', error_id: 524, session_id: 's' })).toEqual({
      event: 'ERROR',
      errorMessage: 'no',
      errorCode: '524',
      sessionId: 's',
    });
  });

  it('is no path injection: only what can be an id is one', () => {
    const ids = (waba_id: unknown) => readSignupMessage('FINISH', { waba_id, phone_number_id: waba_id });
    for (const bad of ['1/phone_numbers?fields=x&', '../me', '1 2', '', 'a'.repeat(65), { id: '1' }]) {
      expect(ids(bad)).toEqual({ event: 'FINISH' });
    }
    // Control: ids as Meta writes them.
    expect(ids('104996122399160')).toMatchObject({ wabaId: '104996122399160', phoneNumberId: '104996122399160' });
  });

  it('says whether the sign-up was finished', () => {
    const unfinished = ['CANCEL', 'ERROR', 'FINISH', 'FINISH_ONLY_WABA', BUSINESS_APP].filter((event) =>
      isUnfinished({ event }),
    );
    expect(unfinished).toEqual(['CANCEL', 'ERROR']);
  });
});

describe('the account', () => {
  it('is the one that the message names, wherever it stands among those of the token', () => {
    const message = { event: 'FINISH', wabaId: '2' };
    expect(chooseAccount(message, ['1', '2'])).toEqual({ wabaId: '2' });
    expect(chooseAccount(message, ['2', '1'])).toEqual({ wabaId: '2' });
    expect(chooseAccount(message, [])).toEqual({ wabaId: '2' });
    expect(chooseAccount(message, ['1', '3'])).toBe('not-granted');
  });

  it('is never the first of several', () => {
    expect(chooseAccount(undefined, ['1', '2'])).toEqual({ wabaId: null });
    expect(chooseAccount({ event: BUSINESS_APP }, ['1'])).toEqual({ wabaId: '1' });
  });
});

describe('the number', () => {
  const numbers = [{ id: 'a', onBusinessApp: false }, { id: 'b', onBusinessApp: true }, { id: 'c' }];

  it('is the one that the message names, if the account has it', () => {
    expect(chooseNumber('new-number', { event: 'FINISH', phoneNumberId: 'c' }, numbers)).toBe('c');
    expect(chooseNumber('new-number', { event: 'FINISH', phoneNumberId: 'x' }, numbers)).toBeNull();
  });

  it('of the phone app is the one that says so', () => {
    expect(chooseNumber('business-app', { event: BUSINESS_APP }, numbers)).toBe('b');
    expect(chooseNumber('new-number', { event: 'FINISH' }, [{ id: 'a' }])).toBe('a');
  });

  it('shows when Meta ran the other flow', () => {
    const [other, shared] = [numbers.slice(0, 1), numbers.slice(1, 2)];
    expect(hasFallenBack('business-app', { event: 'FINISH' }, other)).toBe(true);
    expect(hasFallenBack('business-app', { event: 'FINISH' }, shared)).toBe(false);
    expect(hasFallenBack('business-app', { event: BUSINESS_APP }, other)).toBe(false);
    expect(hasFallenBack('business-app', undefined, other)).toBe(false);
    expect(hasFallenBack('new-number', { event: 'FINISH' }, other)).toBe(false);
  });
});
