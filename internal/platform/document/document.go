// Package document is an official document before it is set: a list of blocks
// that say what stands there, not where. The rooms pdf and docx set the same
// blocks, each in its way; where the words come from is not their matter.
package document

// Document is one paper. Several may be set into one file.
type Document struct {
	Name   string // its bookmark
	Mark   string // stands top right on its first page: 公开稿
	Foot   string // stands small in the foot of each of its pages
	Blocks []Block
}

// Block is one part of a document, from top to bottom.
type Block interface{ block() }

// Head is the name of the agency, the title and the number. A red head is that
// of letters: the agency in red above a red line.
type Head struct {
	Agency, Title, Number string
	Red                   bool
}

// Para is a paragraph; a line break in its text begins another one.
type Para struct {
	Text   string
	Flush  bool // without the indent of two characters
	Strong bool
	Right  bool
}

// Note is small print.
type Note struct{ Text string }

// Grid is a form or a table: cells on columns of relative widths. The first
// Head rows stand again at the top of every further page.
type Grid struct {
	Cols []float64
	Head int
	Rows [][]Cell
}

// Cell is one cell; Foot is set to the right at its bottom, where people sign.
type Cell struct {
	Text  string
	Foot  string
	Span  int  // columns, 0 for one
	Label bool // centred, in bold
	Lines int  // room for at least so many lines
}

// Sign is the end of a paper: the agency over the date, room for the seal, and
// to the left a QR code with its caption.
type Sign struct {
	Agency, Date string
	Seal         bool
	QR           string
	Caption      []string
}

// Photo is one picture of an evidence sheet with what is said about it.
type Photo struct {
	Data    []byte // JPEG or PNG
	PNG     bool
	Caption []string
}

// Scan is a picture of a whole page, set on a page of its own.
type Scan struct{ Data []byte } // JPEG

// Break begins a new page.
type Break struct{}

func (Head) block()  {}
func (Para) block()  {}
func (Note) block()  {}
func (Grid) block()  {}
func (Sign) block()  {}
func (Photo) block() {}
func (Scan) block()  {}
func (Break) block() {}
