/** The made-up business of the tests. */
export const ids = {
  app: '700100',
  secret: 'a-secret-for-tests',
  verifyToken: 'verify me',
  waba: '300100',
  number: '400100',
  business: '500100',
  token: 'token-for-tests',
  customer: '491713920001',
};

/** A number of it, as the control route takes it. */
export const numberOf = (phoneNumberId: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  phoneNumberId,
  wabaId: ids.waba,
  displayPhoneNumber: `+1 555 0${phoneNumberId}`,
  accessToken: ids.token,
  appId: ids.app,
  businessId: ids.business,
  ...more,
});
