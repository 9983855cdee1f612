"""What can be wrong with a table, as typed errors in both languages; and what is only worth a note."""

from core.errors import DomainError, NotFound, Then

# The file as a whole


class ImportRefusal(DomainError):
    """What only imports refuse; phones do not import."""

    then = Then.OFFICE


class UnknownNoun(ImportRefusal):
    """There is no import of “{noun}”."""

    code = "imports.unknown_noun"
    zh = "没有“{noun}”这种导入。"
    status = 422


class ImportNotFound(NotFound):
    """There is no such import, it has expired, or it is not yours."""

    code = "imports.not_found"
    then = Then.OFFICE
    zh = "导入不存在、已过期或不属于您。"


class FileTooLarge(ImportRefusal):
    """The file is larger than the limit of {limit} MB. Divide it."""

    code = "imports.file_too_large"
    zh = "文件超过 {limit} MB 的上限，请拆分后再导入。"
    status = 413


class TooManyRows(ImportRefusal):
    """The table has more than {limit} rows. Divide it."""

    code = "imports.too_many_rows"
    zh = "表格超过 {limit} 行，请拆分后再导入。"
    status = 422


class TooManyColumns(ImportRefusal):
    """The table has more than {limit} columns."""

    code = "imports.too_many_columns"
    zh = "表格超过 {limit} 列。"
    status = 422


class FileEmpty(ImportRefusal):
    """The file has no header row."""

    code = "imports.file_empty"
    zh = "文件没有表头。"
    status = 422


class FormatUnknown(ImportRefusal):
    """This is neither CSV nor an xlsx workbook. Save it as one of them."""

    code = "imports.format_unknown"
    zh = "文件既不是 CSV 也不是 xlsx 工作簿，请另存为其中一种。"
    status = 422


class EncodingUnknown(ImportRefusal):
    """The text is neither UTF-8 nor GB18030: row {row}, column {column}. Save the file as UTF-8."""

    code = "imports.encoding_unknown"
    zh = "文本既不是 UTF-8 也不是 GB18030：第 {row} 行第 {column} 列。请将文件另存为 UTF-8。"
    status = 422


class WorkbookUnreadable(ImportRefusal):
    """The workbook cannot be read. Open it and save it again as xlsx."""

    code = "imports.workbook_unreadable"
    zh = "无法读取该工作簿，请打开后重新另存为 xlsx。"
    status = 422


class WorkbookProtected(ImportRefusal):
    """The workbook is protected by a password."""

    code = "imports.workbook_protected"
    zh = "该工作簿有密码保护。"
    status = 422


class SheetNotFound(ImportRefusal):
    """The workbook has no sheet “{sheet}”."""

    code = "imports.sheet_not_found"
    zh = "工作簿中没有名为“{sheet}”的工作表。"
    status = 422


class ColumnsMissing(ImportRefusal):
    """The table lacks these columns: {columns}. Add them, give a default, or say which column is meant."""

    code = "imports.columns_missing"
    zh = "表格缺少以下列：{columns}。请补充、设置默认值，或指定对应的列。"
    status = 422


class ColumnUnknown(ImportRefusal):
    """This import has no column “{column}”."""

    code = "imports.column_unknown"
    zh = "该导入没有“{column}”列。"
    status = 422


class HeaderUnknown(ImportRefusal):
    """The table has no column with the header “{header}”."""

    code = "imports.header_unknown"
    zh = "表格中没有表头为“{header}”的列。"
    status = 422


# Applying


class HasErrors(ImportRefusal):
    """{errors} rows have errors, so nothing was applied. Correct them, or ask to skip them."""

    code = "imports.has_errors"
    zh = "{errors} 行有错误，因此未应用任何内容。请更正，或选择跳过这些行。"


class NotReady(ImportRefusal):
    """This import is not ready for that: something is being done about it, or another step comes first. Look at its
    state."""

    code = "imports.not_ready"
    zh = "该导入尚不能执行此操作：正在处理中，或需先完成其他步骤。请查看其状态。"


class Interrupted(ImportRefusal):
    """The import was interrupted by an unexpected fault. It was logged; please try again."""

    code = "imports.interrupted"
    zh = "导入因意外故障中断，已记录，请重试。"
    status = 503


# One row or one cell


class TooManyCells(ImportRefusal):
    """This row has {cells} cells, the header has {columns}. Is a separator in a text without quotes?"""

    code = "imports.too_many_cells"
    zh = "该行有 {cells} 个单元格，而表头只有 {columns} 个。文本中是否有未加引号的分隔符？"
    status = 422


class QuotesBroken(ImportRefusal):
    """The quotes in this row do not match."""

    code = "imports.quotes_broken"
    zh = "该行的引号不匹配。"
    status = 422


class EncodingInvalid(ImportRefusal):
    """This text holds bytes that are not {encoding}."""

    code = "imports.encoding_invalid"
    zh = "该文本含有不属于 {encoding} 的字节。"
    status = 422


class CharacterInvalid(ImportRefusal):
    """This text holds a character that text may not hold (NUL or half of a surrogate pair)."""

    code = "imports.character_invalid"
    zh = "该文本含有不允许的字符（NUL 或不完整的代理对）。"
    status = 422


class ValueMissing(ImportRefusal):
    """This cell must not be empty."""

    code = "imports.value_missing"
    zh = "该单元格不能为空。"
    status = 422


class ValueTooLong(ImportRefusal):
    """This text is longer than {limit} characters."""

    code = "imports.value_too_long"
    zh = "该文本超过 {limit} 个字符。"
    status = 422


class NumberInvalid(ImportRefusal):
    """“{value}” is not a number."""

    code = "imports.number_invalid"
    zh = "“{value}”不是数字。"
    status = 422


class NumberOutOfRange(ImportRefusal):
    """“{value}” is outside of what is possible here."""

    code = "imports.number_out_of_range"
    zh = "“{value}”超出允许的范围。"
    status = 422


class NumberImprecise(ImportRefusal):
    """The spreadsheet has rounded “{value}”. Format such numbers as text before they are entered."""

    code = "imports.number_imprecise"
    zh = "电子表格已将“{value}”四舍五入。请先将此类数字设为文本格式再录入。"
    status = 422


class ChoiceUnknown(ImportRefusal):
    """“{value}” is none of: {choices}."""

    code = "imports.choice_unknown"
    zh = "“{value}”不属于：{choices}。"
    status = 422


class YesNoInvalid(ImportRefusal):
    """“{value}” is neither yes nor no."""

    code = "imports.yes_no_invalid"
    zh = "“{value}”既不是“是”也不是“否”。"
    status = 422


class IdInvalid(ImportRefusal):
    """“{value}” is not one of our ids (UUID)."""

    code = "imports.id_invalid"
    zh = "“{value}”不是本系统的编号（UUID）。"
    status = 422


class ReferenceUnknown(ImportRefusal):
    """Nothing that you can see has the id, code, external id or name “{value}”."""

    code = "imports.reference_unknown"
    zh = "您可查看的记录中，没有编号、代码、外部编号或名称为“{value}”的记录。"
    status = 422


class ReferenceAmbiguous(ImportRefusal):
    """“{value}” may mean several records. Use an id."""

    code = "imports.reference_ambiguous"
    zh = "“{value}”可能指多条记录，请使用编号。"
    status = 422


class DuplicateRow(ImportRefusal):
    """Row {first_row} is about the same record."""

    code = "imports.duplicate_row"
    zh = "与第 {first_row} 行指同一条记录。"


class IdentityClash(ImportRefusal):
    """The identifying columns of this row belong to several records."""

    code = "imports.identity_clash"
    zh = "该行的标识列分别属于多条记录。"


class ValueRefused(ImportRefusal):
    """This value is not accepted: {reason}"""

    code = "imports.value_refused"
    zh = "该值不被接受：{reason}"
    status = 422


# Undoing


class ChangedSince(ImportRefusal):
    """“{field}” was changed since the import and stays as it is."""

    code = "imports.changed_since"
    zh = "“{field}”在导入之后已被修改，保持不变。"


class RecordChangedSince(ImportRefusal):
    """This was changed since the import, or more was added to it. It stays."""

    code = "imports.record_changed_since"
    zh = "该记录在导入之后已被修改或补充，予以保留。"


class GoneSince(ImportRefusal):
    """This was removed since the import."""

    code = "imports.gone_since"
    zh = "该记录在导入之后已被删除。"


class NothingToUndo(ImportRefusal):
    """Nothing that the import did here is in force."""

    code = "imports.nothing_to_undo"
    zh = "导入在此处所做的更改均已不再生效。"


# Notes


class RowMended(ImportRefusal):
    """A comma without quotes was read as a part of the text “{value}”."""

    code = "imports.row_mended"
    zh = "未加引号的逗号已作为文本“{value}”的一部分读取。"


class RepeatsRow(ImportRefusal):
    """Row {first_row} is about the same record; this one adds nothing."""

    code = "imports.repeats_row"
    zh = "与第 {first_row} 行指同一条记录，本行不再增加内容。"


class KeptAsItIs(ImportRefusal):
    """An import does not change this of an existing record. It stays as it is."""

    code = "imports.kept_as_it_is"
    zh = "导入不会更改现有记录的该项内容，保持不变。"


class AlsoCreates(ImportRefusal):
    """“{value}” does not exist yet and is created with this row."""

    code = "imports.also_creates"
    zh = "“{value}”尚不存在，将随该行创建。"
