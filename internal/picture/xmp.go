package picture

import (
	"encoding/xml"
	"strings"
	"time"
)

// IPTC's words for where a picture comes from (cv.iptc.org/newscodes/digitalsourcetype).
const (
	sourceType  = "http://cv.iptc.org/newscodes/digitalsourcetype/"
	byModel     = sourceType + "trainedAlgorithmicMedia"
	byAlgorithm = sourceType + "algorithmicMedia" // drawn by rules, by no trained model
)

// xmp is the origin as an XMP packet. It cannot be written into in place, so that
// it needs no room for that.
func (o Origin) xmp() string {
	var b strings.Builder
	b.WriteString("<?xpacket begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n" +
		`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` +
		`<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"` +
		` xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">` + "\n")
	element := func(name, value string) {
		if value == "" {
			return
		}
		b.WriteString("<" + name + ">")
		_ = xml.EscapeText(&b, []byte(plain(value))) // a builder takes everything
		b.WriteString("</" + name + ">\n")
	}
	if o.Prompt != "" {
		b.WriteString(`<dc:description><rdf:Alt><rdf:li xml:lang="x-default">`)
		_ = xml.EscapeText(&b, []byte(plain(o.Prompt))) // as above
		b.WriteString("</rdf:li></rdf:Alt></dc:description>\n")
	}
	element("xmp:CreatorTool", software)
	if !o.CreatedAt.IsZero() {
		element("xmp:CreateDate", o.CreatedAt.UTC().Format(time.RFC3339))
	}
	source := byModel
	if o.Demo {
		source = byAlgorithm
	}
	element("Iptc4xmpExt:DigitalSourceType", source)
	if !o.Demo {
		element("Iptc4xmpExt:AISystemUsed", o.ModelName)
	}
	b.WriteString("</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>")
	return b.String()
}
