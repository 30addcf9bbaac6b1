package archtest

// Place is what the law says of one folder with Go files.
type Place struct {
	// Level counts from the ground up. A folder imports lower levels only.
	Level int
	// Adapter: implements a seam for one vendor or one engine. Nobody but app
	// may know which one is in use.
	Adapter bool
	// TestOnly: helps tests and must not reach the binary.
	TestOnly bool
}

// Levels of the house.
const (
	ground    = iota // faults and actors
	parts            // what talks to one thing outside
	pipelines        // job and ledger
	edge             // HTTP
	rooms            // features
	wiring           // app
	programs         // cmd
)

// places lists every folder. One that is missing here fails, so that a new
// folder is a decision and not an accident.
var places = map[string]Place{
	"internal/fault": {Level: ground},
	"internal/actor": {Level: ground},

	"internal/config":           {Level: parts},
	"internal/fetch":            {Level: parts},
	"internal/picture":          {Level: parts},
	"internal/telemetry":        {Level: parts},
	"internal/catalog":          {Level: parts},
	"internal/document":         {Level: parts},
	"internal/document/extract": {Level: parts},
	"internal/store":            {Level: parts},
	"internal/store/query":      {Level: parts},
	"internal/store/storetest":  {Level: parts, TestOnly: true},

	"internal/provider":              {Level: parts},
	"internal/provider/openai":       {Level: parts, Adapter: true},
	"internal/provider/anthropic":    {Level: parts, Adapter: true},
	"internal/provider/google":       {Level: parts, Adapter: true},
	"internal/provider/runway":       {Level: parts, Adapter: true},
	"internal/provider/fal":          {Level: parts, Adapter: true},
	"internal/provider/demo":         {Level: parts, Adapter: true},
	"internal/provider/providertest": {Level: parts, TestOnly: true},
	"internal/provider/standin":      {Level: parts, TestOnly: true},

	"internal/carrier":       {Level: parts},
	"internal/carrier/table": {Level: parts, Adapter: true},
	"internal/carrier/sqs":   {Level: parts, Adapter: true},

	"internal/blob":          {Level: parts},
	"internal/blob/disk":     {Level: parts, Adapter: true},
	"internal/blob/s3":       {Level: parts, Adapter: true},
	"internal/blob/blobtest": {Level: parts, TestOnly: true},

	"internal/job":    {Level: pipelines},
	"internal/usage":  {Level: pipelines},
	"internal/change": {Level: pipelines},
	"internal/rate":   {Level: pipelines},

	"internal/mail":          {Level: parts},
	"internal/mail/mailtest": {Level: parts, TestOnly: true},

	"internal/httpd": {Level: edge},

	"internal/feature/account": {Level: rooms},
	"internal/feature/chat":    {Level: rooms},
	"internal/feature/file":    {Level: rooms},
	"internal/feature/jobs":    {Level: rooms},
	"internal/feature/changes": {Level: rooms},
	"internal/feature/image":   {Level: rooms},
	"internal/feature/video":   {Level: rooms},
	"internal/feature/cv":      {Level: rooms},
	"internal/feature/slides":  {Level: rooms},
	"internal/feature/billing": {Level: rooms},
	"internal/feature/admin":   {Level: rooms},

	"internal/app": {Level: wiring},
	"cmd/pulse":    {Level: programs},
	"cmd/bench":    {Level: programs, TestOnly: true}, // measures the whole of Pulse
	"cmd/standin":  {Level: programs, TestOnly: true}, // imitates vendors, for trying Pulse out

	"web":               {Level: parts}, // the built page, embedded
	"internal/archtest": {Level: programs, TestOnly: true},
}

// beside lists who may import a folder of the same level.
var beside = map[[2]string]bool{
	{"internal/actor", "internal/fault"}:       true, // nobody signed in is a fault
	{"internal/store", "internal/store/query"}: true, // one seam, its generated half
	{"internal/job", "internal/change"}:        true, // a job's end is a change
	{"internal/job", "internal/usage"}:         true, // a job ends and settles in one transaction
}

// owners lists packages that only some folders may import, by the beginning of
// their import path.
var owners = map[string][]string{
	"github.com/openai/openai-go":                         {"internal/provider/openai"},
	"github.com/anthropics/anthropic-sdk-go":              {"internal/provider/anthropic"},
	"google.golang.org/genai":                             {"internal/provider/google"},
	"cloud.google.com/go":                                 {"internal/provider/google"},
	"github.com/aws/aws-sdk-go-v2/service/sqs":            {"internal/carrier/sqs"},
	"github.com/aws/aws-sdk-go-v2/service/s3":             {"internal/blob/s3"},
	"github.com/aws/aws-sdk-go-v2/feature/s3":             {"internal/blob/s3"},
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager": {"internal/config"},
	"github.com/stripe/stripe-go":                         {"internal/feature/billing"},
	"code.dny.dev/ssrf":                                   {"internal/fetch"},
	"github.com/golang-jwt/jwt":                           {"internal/feature/account"},
	"github.com/emersion/go-smtp":                         {"internal/mail", "internal/mail/mailtest"},
	"github.com/emersion/go-message":                      {"internal/mail", "internal/mail/mailtest"},
	"github.com/joho/godotenv":                            {"internal/config"},
	"github.com/tiktoken-go/tokenizer":                    {"internal/catalog"},
	"github.com/klippa-app/go-pdfium":                     {"internal/document/extract"},
	"github.com/tetratelabs/wazero":                       {"internal/document/extract"},
	"github.com/danielgtaylor/huma":                       {"internal/httpd", "internal/feature/", "internal/app"},
	"github.com/jackc/pgx":                                {"internal/store"},
	"github.com/pressly/goose":                            {"internal/store"},
	"modernc.org/sqlite":                                  {"internal/store"},
	"database/sql":                                        {"internal/store", "internal/store/query", "internal/store/storetest"},
}

// unbound lists the queries that touch people's rows without one person's id,
// and why that is right.
var unbound = map[string]string{
	"DueJobs":        "the queue serves everybody; it reads ids only",
	"ExpiredJobs":    "as DueJobs",
	"ClaimJob":       "a runner claims by job id; the row tells it whose job it is",
	"RenewLeases":    "bound to the process that owns the leases",
	"SweepJobEvents": "housekeeping by age",

	"OldFiles":         "housekeeping by age; what is deleted of it is deleted with the person's id",
	"CountFilesOfBlob": "a number: whether a blob found in the store is anybody's",

	"CountFilesOfThumbnail": "as CountFilesOfBlob",
	"GetLinkedFile":         "for whoever has a link that Pulse has signed for this file",

	"GetUserByEmailKey":   "sign-in: nobody is known yet",
	"GetSession":          "sign-in by a secret's hash tells who it is",
	"DeleteSessionByHash": "sign-out by the same secret",
	"CountActiveAdmins":   "a number: there is always one administrator",
	"ListUsers":           "the operator's list, for `pulse user` only",
	"SomebodyElse":        "whether an installation has anybody but its last administrator",
	"GetKey":              "an API key's hash tells who it is",
	"GetUserByIdentity":   "sign-in by an issuer's word tells who it is",
	"TakeFlow":            "the browser's secret tells which way to the issuer it is on",
	"GetEmailToken":       "a link's secret tells whose it is",
	"TakeEmailToken":      "as GetEmailToken",
	"SweepFlows":          "housekeeping by age",
	"SweepEmailTokens":    "housekeeping by age",
	"UsersToPurge":        "housekeeping: ids of the deleted only",
}
