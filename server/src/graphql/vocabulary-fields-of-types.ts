/** Fields that mean something of their own where they stand, as `Type.field`. */
export const OF_ONE_TYPE: Readonly<Record<string, string>> = {
  'ApiKey.scopes': 'What it is for: it does no more than these and its role allow together.',
  'ApiKeyPayload.scopes': 'What it is for.',
  'ChainProblem.problem': 'What does not follow, in plain words.',
  'ChainStretch.problem': 'The first entry that does not follow; null where all do.',
  'LogInSession.agent': 'What the browser or program calls itself.',
  'Query.strategyVersion': 'One version with its source, by its hash; null where there is none.',
  'RecoveryCodesPayload.codes': 'Shown this once; each stands in for the app once.',
  'SecondFactor.addedAt': 'Since when its codes are asked for; null before it has shown one.',
  'SecondFactor.recoveryCodesLeft': 'How many have not been used.',
  'SecondFactorRemoved.personId': 'Whose it was.',
  'StrategyVersion.savedAt': 'When it was saved.',
  'VersionDiffersError.compiled': 'SHA-256 of the module that the server has compiled from the text.',
  'VersionDiffersError.seen': 'SHA-256 of the module that was tested.',
};
