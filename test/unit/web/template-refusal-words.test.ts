import { describe, expect, it } from '@jest/globals';
import { refusalInRussian } from '../../../web/api/refusal-words.ts';
import { checkTemplate, type GivenParameters } from '../../../workflows/domain/template-check.ts';
import type { TemplateDefinition } from '../../../workflows/domain/template-definition.ts';
import type { TemplateProblem } from '../../../workflows/domain/template-problem.ts';
import { whyNotSendable } from '../../../workflows/domain/template-state.ts';

const FORMS: TemplateDefinition['components'] = {
  header: { format: 'text', text: 'Dear {{1}}' },
  body: { text: 'Order {{1}} of {{2}}' },
  buttons: [
    { type: 'url', text: 'Open', url: 'https://a.example/{{1}}' },
    { type: 'copy-code', text: 'Copy' },
  ],
};
const aTemplate = (
  components: Partial<TemplateDefinition['components']>,
  parameterFormat: TemplateDefinition['parameterFormat'] = 'positional',
): TemplateDefinition => ({
  name: 'a',
  language: 'en',
  category: 'utility',
  status: 'approved',
  parameterFormat,
  components: { body: { text: 'Hello' }, buttons: [], ...components },
});

const VALUES = ['', 'a\nb', 'a     b', '{{1}}', '\ud800', 'x'.repeat(2_000)];
/** One of every fault that a template or its values can have. */
const refusedTemplates = () => {
  const checks: [TemplateDefinition, GivenParameters][] = [
    ...VALUES.map((value): [TemplateDefinition, GivenParameters] => [
      aTemplate(FORMS),
      { header: [value], body: [value, 'x'], buttons: [value, value] },
    ]),
    [aTemplate(FORMS), { header: ['a'], body: ['a', 'b'], buttons: ['a b', 'a b'] }],
    [aTemplate(FORMS), { body: ['a', 'b', 'c'], buttons: ['a'] }],
    [aTemplate(FORMS), { body: { name: 'a' } }],
    [aTemplate({ body: { text: '{{name}}' } }, 'named'), { body: ['a'], header: ['a'], buttons: ['a'] }],
    [aTemplate({ others: ['carousel'], buttons: [{ type: 'other', text: 'Pay', name: 'pay' }] }), {}],
    ...(['image', 'video', 'document'] as const).map((format): [TemplateDefinition, GivenParameters] => [
      aTemplate({ header: { format } }),
      {},
    ]),
    [aTemplate({ header: { format: 'image' } }), { header: { link: 'x' } }],
    [aTemplate({ header: { format: 'image' } }), { header: { link: 'https://a.example/b', name: 'x' } }],
    [aTemplate({ header: { format: 'document' } }), { header: { link: 'https://a.example/b', name: '/' } }],
  ];
  const states = ['pending', 'in_appeal', 'rejected', 'paused', 'disabled', 'limit_exceeded', 'pending_deletion'];
  return [
    ...[...states, 'deleted', 'archived', 'made up'].flatMap((status) => [
      whyNotSendable({ status }),
      whyNotSendable({ status, statusReason: 'ITS REASON' }),
    ]),
    ...checks.flatMap(([template, given]) => {
      const checked = checkTemplate(template, given);
      return 'problems' in checked ? checked.problems : [];
    }),
  ].filter((problem) => problem !== undefined);
};

/** What a reader of Russian would be told otherwise than in the form, or not at all. */
const saidOtherwise = (problems: readonly TemplateProblem[]) =>
  problems
    .filter(({ message, remedy, form }) => {
      return refusalInRussian(message) !== form.ru[0] || !/[а-яё]/i.test(refusalInRussian(remedy));
    })
    .map(({ message }) => message);

describe('why a template is not sent', () => {
  const problems = refusedTemplates();

  it('is said in the console as in the forms of Planfix', () => {
    expect(new Set(problems.map(({ message }) => message)).size).toBeGreaterThan(45);
    expect(saidOtherwise(problems)).toEqual([]);
  });

  it('control: what has no words would be missed', () => {
    const [first] = problems;
    const made = [{ message: 'Made up' }, { remedy: 'Unmake it' }].map((other) => ({ ...first, ...other }));
    expect(saidOtherwise(made as TemplateProblem[])).toEqual(['Made up', first?.message]);
  });
});
