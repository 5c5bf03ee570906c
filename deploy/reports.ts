/**
 * deploy/reports: QuickSight over the marts. By flag.
 *
 * In: the ARN of the QuickSight user who gets them.
 * Out: a data source on the Athena workgroup, and a data set for each mart people ask for most.
 * Invariant: columns are those of the table definitions in the code.
 */
import { aws_quicksight as quicksight } from 'aws-cdk-lib'
import { LAKE_TABLES } from '../src/parts/lake/tables.ts'
import type { ColumnType, TableDefinition } from '../src/parts/lake/schema.ts'
import type { FunctionContext } from './function.ts'

const MARTS = ['sales_daily', 'product_interest_daily', 'funnel_daily', 'trend_forecast']
const MAY_USE_SOURCE = ['DescribeDataSource', 'DescribeDataSourcePermissions', 'PassDataSource']
const MAY_USE_SET = [
  'DescribeDataSet',
  'DescribeDataSetPermissions',
  'PassDataSet',
  'DescribeIngestion',
  'ListIngestions',
]

export function addReports({ stack, names }: FunctionContext, user: string): void {
  const allowed = (actions: readonly string[]) => [
    { principal: user, actions: actions.map((action) => `quicksight:${action}`) },
  ]
  const source = new quicksight.CfnDataSource(stack, 'ReportsSource', {
    awsAccountId: stack.account,
    dataSourceId: 'hemline',
    name: 'Hemline',
    type: 'ATHENA',
    dataSourceParameters: { athenaParameters: { workGroup: names.workgroup } },
    sslProperties: { disableSsl: false },
    permissions: allowed(MAY_USE_SOURCE),
  })
  for (const mart of LAKE_TABLES.filter(({ namespace, table }) => namespace === 'mart' && MARTS.includes(table))) {
    new quicksight.CfnDataSet(stack, `Reports-${mart.table}`, {
      awsAccountId: stack.account,
      dataSetId: `hemline-${mart.table}`,
      name: `Hemline ${mart.table}`,
      importMode: 'DIRECT_QUERY',
      physicalTableMap: {
        [mart.table.replaceAll('_', '-')]: { relationalTable: relationalTable(mart, source.attrArn) },
      },
      permissions: allowed(MAY_USE_SET),
    })
  }
}

function relationalTable(mart: TableDefinition, dataSourceArn: string): quicksight.CfnDataSet.RelationalTableProperty {
  return {
    dataSourceArn,
    catalog: 'AwsDataCatalog',
    schema: mart.namespace,
    name: mart.table,
    inputColumns: mart.columns.map(({ name, type }) => ({ name, type: quicksightType(type) })),
  }
}

function quicksightType(type: ColumnType): string {
  switch (type) {
    case 'string':
      return 'STRING'
    case 'int':
    case 'long':
      return 'INTEGER'
    case 'boolean':
      return 'BOOLEAN'
    case 'date':
    case 'timestamp':
      return 'DATETIME'
    default:
      return 'DECIMAL'
  }
}
