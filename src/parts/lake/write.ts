/**
 * lake/write: rows go into files, and files into a table, in one commit.
 *
 * In: what stages the rows, and the change their files are part of.
 * Out: the commit's result.
 * Invariant: a staging folder is gone when the write ends, however it ends.
 */
import type { Change, CommitContext, CommitResult } from './change.ts'
import { commitChange, newSnapshotId } from './commit.ts'
import { adoptFiles, type Adoption, type StagedFile } from './parquet.ts'
import type { TableState } from './table-state.ts'

export async function writeChange(
  context: CommitContext,
  state: TableState,
  stage: (folder: string) => Promise<readonly StagedFile[]>,
  change: Omit<Change, keyof Adoption>,
): Promise<CommitResult> {
  const { files } = context.reader
  const folder = await files.stagingFolder()
  let dropped: Promise<void> | null = null
  try {
    const staged = await stage(folder)
    context.failpoint('data staged')
    const snapshotId = newSnapshotId(context.entropy)
    const adoption = await adoptFiles(context, state, staged, snapshotId)
    // The folder goes while the commit is under way.
    dropped = adoption.adopted.catch(() => undefined).then(() => files.dropStaging(folder))
    dropped.catch(() => undefined)
    return await commitChange(context, state, snapshotId, { ...change, ...adoption })
  } finally {
    await (dropped ?? files.dropStaging(folder))
  }
}
