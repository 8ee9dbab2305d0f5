import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { runTool } from './child-process.ts';
import { cacheFolder } from './folders.ts';

/** The version on Maven Central; the SDK picks its own when it downloads. */
const VERSION = '1.38.0';
const DOWNLOAD_HOST = 'temporal.download';
const HOST_ANSWER_LIMIT_MS = 3_000;
const MAVEN_LIMIT_MS = 5 * 60_000;

/**
 * Finds Temporal's time-skipping test server, an executable that takes a port as its only argument.
 *
 * @throws naming every way and why it failed
 */
export async function findTimeSkippingServer(say: (line: string) => void, environment = process.env): Promise<string> {
  const home = join(cacheFolder(), `temporal-test-server-${VERSION}`);
  const wrapper = join(home, 'run');
  const roads: [string, () => Promise<string | Error>][] = [
    ['TEMPORAL_TEST_SERVER', async () => fromVariable(environment.TEMPORAL_TEST_SERVER)],
    ['cache', async () => fromCache(home, wrapper)],
    ['download', () => fromSdk(home, say)],
    ['Maven', () => fromMaven(wrapper, say)],
  ];
  const failures: string[] = [];
  for (const [name, take] of roads) {
    const result = await take();
    if (typeof result === 'string') return result;
    if (name === 'TEMPORAL_TEST_SERVER' && environment[name]) say(`${name}: ${result.message}; looking on.`);
    failures.push(`  ${name}: ${result.message}`);
  }
  throw new Error(
    [
      "Temporal's time-skipping test server could not be had:",
      ...failures,
      'Install Java and Maven, or set TEMPORAL_TEST_SERVER to its executable.',
    ].join('\n'),
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function fromVariable(path: string | undefined): string | Error {
  if (!path) return new Error('not set');
  return isExecutable(path) ? path : new Error(`${path} is not executable`);
}

function fromCache(home: string, wrapper: string): string | Error {
  const downloaded = findDownloaded(home);
  if (downloaded) return downloaded;
  if (isExecutable(wrapper) && hasJava()) return wrapper;
  return new Error(`nothing usable in ${home}`);
}

function findDownloaded(home: string): string | undefined {
  try {
    const name = readdirSync(home).find(
      (file) => file.startsWith('temporal-test-server-') && !file.endsWith('.downloading'),
    );
    return name && isExecutable(join(home, name)) ? join(home, name) : undefined;
  } catch {
    return undefined;
  }
}

function hasJava(): boolean {
  return spawnSync('java', ['-version'], { stdio: 'ignore' }).status === 0;
}

/** The SDK downloads when it starts a server, so one is started and stopped. */
async function fromSdk(home: string, say: (line: string) => void): Promise<string | Error> {
  if (!(await hostAnswers())) return new Error(`${DOWNLOAD_HOST} does not answer`);
  say('Downloading the time-skipping test server ...');
  mkdirSync(home, { recursive: true });
  try {
    const { TestWorkflowEnvironment } = await import('@temporalio/testing');
    const environment = await TestWorkflowEnvironment.createTimeSkipping({
      server: { executable: { type: 'cached-download', downloadDir: home } },
    });
    await environment.teardown();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
  return findDownloaded(home) ?? new Error('the SDK left no executable behind');
}

function hostAnswers(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: DOWNLOAD_HOST, port: 443, timeout: HOST_ANSWER_LIMIT_MS });
    const finish = (answers: boolean) => {
      socket.destroy();
      resolve(answers);
    };
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
    socket.once('timeout', () => finish(false));
  });
}

async function fromMaven(wrapper: string, say: (line: string) => void): Promise<string | Error> {
  if (!hasJava()) return new Error('Java is not installed');
  if (spawnSync('mvn', ['-v'], { stdio: 'ignore' }).status !== 0) return new Error('Maven is not installed');
  say('Fetching the time-skipping test server with Maven, once for all checkouts ...');
  const home = dirname(wrapper);
  mkdirSync(home, { recursive: true });
  const folder = mkdtempSync(join(home, 'fetching-'));
  try {
    writeFileSync(join(folder, 'pom.xml'), POM);
    await runTool({
      name: 'mvn',
      command: 'mvn',
      args: ['-q', '-B', 'dependency:copy-dependencies', `-DoutputDirectory=${join(folder, 'lib')}`],
      cwd: folder,
      withinMs: MAVEN_LIMIT_MS,
    });
    rmSync(join(home, 'lib'), { recursive: true, force: true });
    renameSync(join(folder, 'lib'), join(home, 'lib'));
    writeFileSync(join(folder, 'run'), WRAPPER, { mode: 0o755 });
    renameSync(join(folder, 'run'), wrapper);
    return wrapper;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>parley</groupId>
  <artifactId>time-skipping-server</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>io.temporal</groupId>
      <artifactId>temporal-test-server</artifactId>
      <version>${VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;

/**
 * \`exec\`, because the SDK kills the process it started and would leave Java behind. Without
 * \`--enable-time-skipping\`: with it the server starts with time already running away, before the SDK can lock it.
 */
const WRAPPER = `#!/bin/sh
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
exec java -cp "$here/lib/*" io.temporal.testserver.TestServer "$1"
`;
