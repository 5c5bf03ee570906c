/**
 * deploy/website: the storefront's page on CloudFront, and the API beside it.
 *
 * In: a folder of files; the API.
 * Out: a distribution that serves the files from S3 and hands `/v1` and `/shop` to the API.
 * Invariant: the bucket is read by this distribution alone; answers of the API are never cached.
 */
import {
  aws_cloudfront as cloudfront,
  aws_cloudfront_origins as origins,
  aws_logs as logs,
  aws_s3 as s3,
  aws_s3_assets as assets,
  aws_s3_deployment as deployment,
  Fn,
  RemovalPolicy,
  type Stack,
} from 'aws-cdk-lib'
import { acknowledge } from './acknowledge.ts'
import type { Api } from './api.ts'
import type { FunctionContext } from './function.ts'
import { roleWith } from './grants.ts'
import { closed, type Buckets } from './key-and-buckets.ts'
import type { Names } from './names.ts'

export interface WebsiteOptions {
  readonly api: Api
  readonly logs: Buckets['logs']
  /** Folder with index.html. */
  readonly siteFolder: string
  readonly webAclArn: string | null
}

export function addWebsite({ stack, names }: FunctionContext, options: WebsiteOptions): cloudfront.Distribution {
  const bucket = new s3.Bucket(stack, 'Site', {
    ...closed,
    bucketName: names.siteBucket,
    // Anybody may read the page, so S3's own key does.
    encryption: s3.BucketEncryption.S3_MANAGED,
    serverAccessLogsBucket: options.logs,
    serverAccessLogsPrefix: 's3/site/',
    removalPolicy: RemovalPolicy.DESTROY,
  })
  const toApi: cloudfront.BehaviorOptions = {
    origin: new origins.HttpOrigin(Fn.select(2, Fn.split('/', options.api.api.apiEndpoint))),
    allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
    cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
    originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
    viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
  }
  const distribution = new cloudfront.Distribution(stack, 'Website', {
    comment: 'Hemline: storefront and API',
    defaultRootObject: 'index.html',
    defaultBehavior: {
      origin: origins.S3BucketOrigin.withOriginAccessControl(bucket),
      viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      responseHeadersPolicy: cloudfront.ResponseHeadersPolicy.SECURITY_HEADERS,
    },
    additionalBehaviors: { '/v1/*': toApi, '/shop/*': toApi },
    enableLogging: true,
    logBucket: options.logs,
    logFilePrefix: 'cloudfront/',
    ...(options.webAclArn === null ? {} : { webAclId: options.webAclArn }),
  })
  acknowledge(distribution, {
    CFR1: 'A shop sells where it likes.',
    CFR4: "CloudFront's own certificate allows no newer lower bound; with a domain of the shop's own, TLS 1.2 is the least.",
    ...(options.webAclArn === null ? { CFR2: 'The firewall costs by the month; --waf adds it.' } : {}),
  })
  fill(stack, names, { bucket, distribution, folder: options.siteFolder })
  return distribution
}

interface Filling {
  readonly bucket: s3.Bucket
  readonly distribution: cloudfront.Distribution
  readonly folder: string
}

/** The CDK's own function copies the files, with a role narrower than the one it would make for itself. */
function fill(stack: Stack, names: Names, { bucket, distribution, folder }: Filling): void {
  const logGroup = new logs.LogGroup(stack, 'SiteLog', {
    logGroupName: '/hemline/site',
    retention: logs.RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  })
  const asset = new assets.Asset(stack, 'SiteFiles', { path: folder })
  const role = roleWith(stack, 'SiteRole', 'lambda.amazonaws.com', [
    { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroup.logGroupArn] },
    { actions: ['s3:GetObject'], resources: [asset.bucket.arnForObjects(asset.s3ObjectKey)] },
    { actions: ['s3:ListBucket'], resources: [names.bucketArn(names.siteBucket)] },
    {
      actions: ['s3:PutObject', 's3:DeleteObject'],
      resources: [names.bucketArn(names.siteBucket, '')],
      because: 'The files of the page, whatever they are called.',
    },
    {
      actions: ['cloudfront:CreateInvalidation', 'cloudfront:GetInvalidation'],
      resources: [distribution.distributionArn],
    },
  ])
  const filled = new deployment.BucketDeployment(stack, 'SiteFill', {
    sources: [deployment.Source.bucket(asset.bucket, asset.s3ObjectKey)],
    destinationBucket: bucket,
    distribution,
    role: role.withoutPolicyUpdates(),
    logGroup,
  })
  for (const child of stack.node.children.filter(({ node }) => node.id.startsWith('Custom::CDKBucketDeployment'))) {
    acknowledge(child, { L1: "The CDK's own function: its runtime comes with the version of the CDK that is pinned." })
  }
  // Taken down, the files go while the role may still delete them.
  filled.node.addDependency(role)
}
