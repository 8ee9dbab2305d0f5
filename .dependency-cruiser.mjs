// Who may import whom. `npm run check` runs it; `test/unit/architecture.test.ts` proves that it bites, and adds what
// this parser cannot see: type-only imports, and files with JSX.

/** A package by its name, wherever npm has put it. */
const packages = (...names) => names.map((name) => `^node_modules/(?:${name})/`);

const nodeBuiltins = '^(?:node:)?[a-z0-9_/]+$';
const domain = '^workflows/domain/';

/** Everything that is not listed is forbidden, packages and Node's own modules included. */
const importTable = [
  { from: domain, may: [domain] },
  {
    from: '^workflows/(?!domain/)',
    // Of activities only types; the architecture test sees to that.
    may: ['^workflows/', ...packages('@temporalio/workflow', '@temporalio/common'), '^activities/'],
  },
  {
    from: '^activities/channels/',
    may: [
      '^activities/channels/',
      '^activities/http\\.ts$',
      domain,
      nodeBuiltins,
      ...packages('zod', 'undici', 'libphonenumber-js'),
    ],
  },
  {
    from: '^activities/planfix/',
    may: [
      '^activities/planfix/',
      '^activities/http\\.ts$',
      domain,
      nodeBuiltins,
      ...packages('zod', 'undici', 'htmlparser2'),
    ],
  },
  {
    from: '^activities/(?!channels/|planfix/)',
    may: [
      '^activities/',
      '^db/',
      domain,
      nodeBuiltins,
      ...packages(
        '@temporalio/activity',
        '@temporalio/common',
        'zod',
        'undici',
        'file-type',
        'pino',
        'prom-client',
        'uuid',
      ),
    ],
  },
  { from: '^db/', may: ['^db/', domain, nodeBuiltins, ...packages('kysely', 'pg', 'uuid', 'zod')] },
  {
    from: '^api/',
    may: [
      '^api/',
      '^db/',
      domain,
      // What a workflow is called and told; no workflow code behind it.
      '^workflows/(?:messages|starts|search-attributes)\\.ts$',
      // The webhook halves: pure, no client behind them.
      // The phones that callers type are read by the same rules as those that the channels meet.
      '^activities/channels/(?:webhooks|channel|errors|phone-number)\\.ts$',
      '^activities/planfix/hint\\.ts$',
      nodeBuiltins,
      ...packages(
        'fastify',
        '@fastify/[^/]+',
        'fastify-[^/]+',
        'zod',
        'pino',
        'prom-client',
        '@temporalio/client',
        '@temporalio/common',
        '@temporalio/envconfig',
        '@node-rs/argon2',
        'openid-client',
        'libphonenumber-js',
        'csv-parse',
        'uuid',
      ),
    ],
  },
];

const forbidden = importTable.map(({ from, may }) => ({
  name: `only-listed-imports:${from}`,
  severity: 'error',
  from: { path: from },
  to: { pathNot: may },
}));

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

forbidden.push(
  rule(
    'worker-stays-out',
    'api and worker are separate processes',
    { path: '^worker/' },
    { path: '^(?:api|web|test|dev)/' },
  ),
  rule(
    'providers-are-strangers',
    'a provider may know the payload shared by every WhatsApp provider, and the contract; never another provider',
    { path: '^activities/channels/([^/]+)/' },
    { path: '^activities/channels/[^/]+/', pathNot: ['^activities/channels/$1/', '^activities/channels/whatsapp/'] },
  ),
  rule(
    'shared-payload-knows-no-provider',
    'whatsapp/ is below the providers',
    { path: '^activities/channels/whatsapp/' },
    { path: '^activities/channels/(?!whatsapp/)[^/]+/' },
  ),
  rule(
    'sql-in-db-only',
    'only db speaks SQL',
    { path: '^(?:workflows|activities|worker|api|web)/' },
    { path: packages('kysely', 'pg') },
  ),
  rule(
    'api-calls-nobody',
    'the api never calls Meta or Planfix',
    { path: '^api/' },
    { reachable: true, path: packages('undici') },
  ),
  rule('nothing-imports-test', 'tests may import everything', { pathNot: '^test/' }, { path: '^test/' }),
  rule(
    'nothing-imports-dev',
    'a developer machine is not the product',
    { pathNot: '^(?:dev|test)/' },
    { path: '^dev/' },
  ),
  rule(
    'dev-starts-processes',
    'dev knows the product by its commands',
    { path: '^dev/' },
    { path: '^(?:workflows|activities|db|api|worker|web)/' },
  ),
  rule(
    'sandbox-is-independent',
    'an emulator that shares code with the product repeats its mistakes',
    { path: '^test/sandbox/' },
    { path: '^(?:workflows|activities|db|api|worker|web|dev)/|^test/(?!sandbox/)' },
  ),
  rule(
    'web-knows-http-only',
    'the console knows the HTTP API',
    { path: '^web/' },
    { path: '^(?:workflows|activities|db|api|worker|test|dev)/' },
  ),
  rule(
    'servers-need-no-dev-package',
    'production installs without development packages',
    { path: '^(?:workflows|activities|db|api|worker)/' },
    { dependencyTypes: ['npm-dev', 'npm-no-pkg'] },
  ),
  rule('everything-resolves', 'an import that leads nowhere', {}, { couldNotResolve: true }),
);

export default {
  forbidden,
  options: {
    parser: 'swc',
    doNotFollow: { path: '^node_modules/' },
    exclude: { path: '\\.tsx$' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
};
