import io
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from tests.readers.test_formats import article

W = nsdecls("w")
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml"'


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def document(*blocks: str) -> bytes:
    """A Word document with these blocks of XML."""
    made = docx.Document()
    for block in blocks:
        made.element.body.insert_element_before(parse_xml(block.replace(">", f" {W} {MC}>", 1)), "w:sectPr")
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def lines(tmp_path: Path, *blocks: str) -> list[str]:
    return article(tmp_path / "a.docx", document(*blocks)).text.split("\n\n")


@pytest.mark.parametrize("inside", [
    f"<w:ins>{run('fourteen')}</w:ins><w:del><w:r><w:delText>nine</w:delText></w:r></w:del>",
    f"<w:moveTo>{run('fourteen')}</w:moveTo><w:moveFrom>{run('nine')}</w:moveFrom>",
    f"<w:sdt><w:sdtPr><w:alias w:val='x'/></w:sdtPr><w:sdtContent>{run('fourteen')}</w:sdtContent></w:sdt>",
    f"<w:fldSimple w:instr='SUM'>{run('fourteen')}</w:fldSimple>",
    f"<w:r><w:instrText>SUM</w:instrText></w:r>{run('fourteen')}",
    f"<w:smartTag>{run('four')}<w:hyperlink>{run('teen')}</w:hyperlink></w:smartTag>",
    f"{run('fourteen')}<w:r><w:rPr><w:vanish/></w:rPr><w:t>SECRET</w:t></w:r>",
])
def test_what_a_reader_of_the_document_sees_is_read(tmp_path: Path, inside: str) -> None:
    assert lines(tmp_path, f"<w:p>{run('It cost ')}{inside}{run(' euros.')}</w:p>") == ["It cost fourteen euros."]


@pytest.mark.parametrize("drawing", [
    "<mc:AlternateContent><mc:Choice Requires='wps'>{box}</mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox>"
    "</w:pict></mc:Fallback></mc:AlternateContent>",
    "<w:pict><v:textbox>{box}</v:textbox></w:pict>",
])
def test_a_text_box_is_read_once_behind_its_paragraph(tmp_path: Path, drawing: str) -> None:
    box = f"<w:txbxContent><w:p>{run('The box says more.')}</w:p></w:txbxContent>"
    drawn = f"<w:r>{drawing.format(box=box)}</w:r>"
    results = lines(tmp_path, f"<w:p>{run('The quay is shut.')}{drawn}</w:p>", f"<w:p>{run('It opens in May.')}</w:p>")
    assert results == ["The quay is shut.", "The box says more.", "It opens in May."]


def test_whole_blocks_in_controls_are_read(tmp_path: Path) -> None:
    block = f"<w:sdt><w:sdtContent><w:p>{run('The quay is shut.')}</w:p></w:sdtContent></w:sdt>"
    assert lines(tmp_path, block) == ["The quay is shut."]


def test_a_row_of_a_table_keeps_its_heads_and_layout_stays_paragraphs(tmp_path: Path) -> None:
    def table(*rows: list[str]) -> str:
        cells = ("".join(f"<w:tc><w:p>{run(cell)}</w:p></w:tc>" for cell in row) for row in rows)
        return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"

    data = table(["Town", "Cost"], ["Norvik", "4 million"], ["Berg", "9 million"])
    layout = table(["The quay of Norvik is shut. " * 6, "Aune"], ["It opens in May.", ""])
    assert lines(tmp_path, data) == ["Town: Norvik; Cost: 4 million", "Town: Berg; Cost: 9 million"]
    assert lines(tmp_path, layout)[1:] == ["Aune", "It opens in May."]


def test_a_break_within_a_sentence_is_no_end_of_it(tmp_path: Path) -> None:
    results = lines(tmp_path, f"<w:p>{run('It ends in May')}<w:r><w:br/></w:r>{run('and costs a lot.')}</w:p>")
    assert results == ["It ends in May and costs a lot."]


def test_the_head_of_pages_is_read_once(tmp_path: Path) -> None:
    made = docx.Document()
    made.add_paragraph("The quay of Norvik is shut.")
    made.sections[0].header.paragraphs[0].text = "Coast Post"
    made.sections[0].footer.paragraphs[0].text = "Page 1 of 4"
    out = io.BytesIO()
    made.save(out)
    assert article(tmp_path / "a.docx", out.getvalue()).text == "The quay of Norvik is shut.\n\nCoast Post"
