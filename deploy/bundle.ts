/**
 * deploy/bundle: the functions as files that Lambda can run.
 *
 * In: the list of handlers; esbuild, on this machine: no container, no network.
 * Out: a folder for each function, and one for all that open DuckDB, with its library beside them.
 * Invariant: what a source file reads from beside itself lies at the same place beside its bundle.
 */
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, extname, join, relative } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { HANDLER_NAMES, HANDLERS, handlerFile, type HandlerDefinition, type HandlerName } from './handlers.ts'

export interface Bundle {
  readonly name: HandlerName
  /** What is uploaded. */
  readonly folder: string
  /** The function's own file in it. */
  readonly file: string
  readonly bytes: number
}

const ROOT = join(import.meta.dirname, '..')
const DUCKDB = '@duckdb/node-api'
/** The binding is for Lambda, not for the machine that deploys. */
const DUCKDB_FILES = [DUCKDB, '@duckdb/node-bindings', '@duckdb/node-bindings-linux-x64']
const DUCKDB_FOLDER = 'duckdb'
const READ_AT_RUN_TIME: ReadonlySet<string> = new Set(['.sql', '.css', '.html', '.js', '.svg'])

/** @throws Error where a handler or DuckDB's library for Lambda is missing */
export async function bundleHandlers(outFolder: string): Promise<Bundle[]> {
  rmSync(outFolder, { recursive: true, force: true })
  const withDuckdb = HANDLER_NAMES.filter((name) => usesDuckdb(name))
  const plain = HANDLER_NAMES.filter((name) => !usesDuckdb(name))
  const built = [
    ...(await buildTogether(outFolder, plain, (name) => `${name}/index`)),
    ...(await buildTogether(outFolder, withDuckdb, (name) => `${DUCKDB_FOLDER}/${name}`)),
  ]
  copyDuckdb(join(outFolder, DUCKDB_FOLDER))
  return built
}

export function usesDuckdb(name: HandlerName): boolean {
  const definition: HandlerDefinition = HANDLERS[name]
  return definition.usesDuckdb === true
}

async function buildTogether(
  outFolder: string,
  names: readonly HandlerName[],
  placeOf: (name: HandlerName) => string,
): Promise<Bundle[]> {
  const { metafile } = await build({
    entryPoints: names.map((name) => ({ in: handlerFile(name), out: placeOf(name) })),
    outdir: outFolder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    external: [DUCKDB],
    // Packages written for CommonJS call `require` for what Node itself has.
    banner: { js: "import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);" },
    plugins: [keepsPlaces],
    metafile: true,
    absWorkingDir: ROOT,
    logLevel: 'silent',
  })
  return names.map((name) => {
    const file = join(outFolder, `${placeOf(name)}.mjs`)
    const output = metafile.outputs[relative(ROOT, file)]
    copyFilesBeside(Object.keys(output.inputs), dirname(file))
    return { name, folder: dirname(file), file, bytes: output.bytes }
  })
}

/** A source file asks where it lies; its bundle answers as if it still lay there, below the bundle's folder. */
const keepsPlaces: Plugin = {
  name: 'keeps-places',
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8')
      if (!text.includes('import.meta')) return null
      const place = `new URL(${JSON.stringify(`./${relative(ROOT, path)}`)}, import.meta.url)`
      const contents = text
        .replaceAll('import.meta.url', `${place}.href`)
        .replaceAll('import.meta.dirname', `decodeURIComponent(new URL('.', ${place}).pathname)`)
      return { contents, loader: 'ts' }
    })
  },
}

function copyFilesBeside(inputs: readonly string[], folder: string): void {
  for (const input of inputs) {
    if (!input.startsWith('src/') || !readFileSync(join(ROOT, input), 'utf8').includes('import.meta')) continue
    const beside = dirname(input)
    cpSync(join(ROOT, beside), join(folder, beside), {
      recursive: true,
      filter: (path) => extname(path) === '' || READ_AT_RUN_TIME.has(extname(path)),
    })
  }
}

function copyDuckdb(folder: string): void {
  for (const name of DUCKDB_FILES) {
    const from = join(ROOT, 'node_modules', name)
    const to = join(folder, 'node_modules', name)
    mkdirSync(dirname(to), { recursive: true })
    try {
      cpSync(from, to, { recursive: true, filter: (path) => !path.endsWith('.d.ts') })
    } catch (cause) {
      const { version } = JSON.parse(readFileSync(join(ROOT, 'node_modules', DUCKDB, 'package.json'), 'utf8')) as {
        version: string
      }
      const install = `npm install --no-save --force --os linux --cpu x64 ${name}@${version}`
      throw new Error(`Lambda needs ${name}, which this machine lacks: run "${install}"`, { cause })
    }
  }
}
