export const audit = {
  description: 'Who changed what, and when.',
  at: 'When',
  who: 'Who',
  what: 'What',
  subject: 'Of what',
  details: 'Details',
  anySubject: 'Everything',
  empty: 'Nothing has been changed yet',
  emptyHint: 'Every change that people and programs make is written down here.',
};
